using FsCheck.Xunit;
using Remediator.Sources.Webhook;

namespace Remediator.Sources.Tests.Webhook;

public sealed class LabelFingerprintTests
{
    [Fact]
    public void EmptySet_HasTheOffsetBasis() => Assert.Equal("cbf29ce484222325", LabelFingerprint.Of(new Dictionary<string, string>()));

    [Fact]
    public void OneLabel_IsNameSeparatorValueSeparator()
    {
        var expected = 14695981039346656037UL;
        foreach (var octet in (byte[])[(byte)'a', 255, (byte)'b', 255])
            expected = unchecked((expected ^ octet) * 1099511628211UL);

        Assert.Equal($"{expected:x16}", LabelFingerprint.Of(new Dictionary<string, string> { ["a"] = "b" }));
    }

    [Property]
    public bool Order_DoesNotMatter(Dictionary<string, int> labels)
    {
        var forward = labels.Where(l => l.Key is not null).Select(l => KeyValuePair.Create(l.Key, $"{l.Value}")).ToList();

        return LabelFingerprint.Of(forward.ToDictionary()) == LabelFingerprint.Of(forward.AsEnumerable().Reverse().ToDictionary());
    }
}

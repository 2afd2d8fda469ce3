using Remediator.Core.Facts;

namespace Remediator.Core.Tests.Facts;

public sealed class FactViewWriterTests
{
    private static readonly string[] Spaces = ["a", "b", "c", ""];
    private static readonly IndexLabels[] Indexes =
        [
            new(["namespace"], []), new(["namespace", "pod"], []), new(["node"], ["ready"]), new([], ["ready"]), new([], []),
            new(["namespace"], ["ready"])];

    [Fact]
    public void Next_AfterAnyChanges_FindsWhatAViewMadeAnewFinds()
    {
        var random = new Random(7);
        var writer = new FactViewWriter(0);
        var facts = new List<Fact>();
        var number = 0;
        for (var round = 0; round < 60; round++)
        {
            var changes = new List<FactChange>();
            var left = facts.OrderBy(_ => random.Next()).ToList();
            var replaced = left.Take(random.Next(left.Count / 3 + 1)).Select(f => new FactChange(f, Pod(random, f["pod"]))).ToList();
            var removed = left.Skip(replaced.Count).Take(random.Next(left.Count / 4 + 1)).Select(f => new FactChange(f, null)).ToList();
            var added = Enumerable.Range(0, random.Next(1200)).Select(_ => new FactChange(null, Pod(random, $"p{number++}"))).ToList();
            changes.AddRange([.. replaced, .. removed, .. added]);
            var view = writer.Next(DateTimeOffset.UnixEpoch.AddSeconds(round), [.. changes.OrderBy(_ => random.Next())]);
            facts = [
                .. facts.Except(replaced.Concat(removed).Select(c => c.Before!), ReferenceEqualityComparer.Instance).Cast<Fact>(),
                .. changes.Where(c => c.After is not null).Select(c => c.After!)];

            var anew = new FactView(1, DateTimeOffset.UnixEpoch, facts);
            Assert.Equal(round + 1, view.Version);
            Assert.Equal(Texts(anew.Named("pod")), Texts(view.Named("pod")));
            foreach (var labels in Indexes)
                Assert.All(Keys(labels), key => Assert.Equal(Texts(Found(anew, labels, key)), Texts(Found(view, labels, key))));
            Assert.Equal(Texts(Unready(anew)), Texts(Unready(view)));
        }
    }

    [Fact]
    public void Next_LeavesTheViewBeforeAsItWas()
    {
        var writer = new FactViewWriter(0);
        var (first, second) =
            (Fact.Parse("""pod{namespace="a",pod="p1",ready="true"}"""), Fact.Parse("""pod{namespace="a",pod="p1",ready="false"}"""));
        var before = writer.Next(DateTimeOffset.UnixEpoch, [new(null, first)]);
        _ = Found(before, Indexes[0], ["a"]);
        var after = writer.Next(DateTimeOffset.UnixEpoch, [new(first, second)]);

        Assert.Same(first, Assert.Single(Found(before, Indexes[0], ["a"])));
        Assert.Same(second, Assert.Single(Found(after, Indexes[0], ["a"])));
        Assert.Same(first, Assert.Single(before.Named("pod")));
    }

    [Fact]
    public void Next_FactsOfOtherNames_KeepTheirListAndTheirIndexes()
    {
        var writer = new FactViewWriter(0);
        var before = writer.Next(
            DateTimeOffset.UnixEpoch, [new(null, Fact.Parse("""pod{node="n1"}""")), new(null, Fact.Parse("""node{node="n1"}"""))]);
        var index = before.Bucket("node")!.Index(Indexes[2]);
        var after = writer.Next(DateTimeOffset.UnixEpoch, [new(null, Fact.Parse("""pod{node="n2"}"""))]);

        Assert.Same(before.Named("node"), after.Named("node"));
        Assert.Same(index, after.Bucket("node")!.Index(Indexes[2]));
    }

    [Fact]
    public void Next_OfFactsThatAreAllGone_HasNoSuchName()
    {
        var writer = new FactViewWriter(0);
        var fact = Fact.Parse("""pod{node="n1"}""");
        writer.Next(DateTimeOffset.UnixEpoch, [new(null, fact)]);

        Assert.Empty(writer.Next(DateTimeOffset.UnixEpoch, [new(fact, null)]).Names);
        Assert.Single(writer.Next(DateTimeOffset.UnixEpoch, [new(null, fact)]).Named("pod"));
    }

    [Fact]
    public void Next_WithAFactThatIsNotThere_SaysWhich()
    {
        var writer = new FactViewWriter(0);

        var fault =
            Assert.Throws<ArgumentException>(() => writer.Next(DateTimeOffset.UnixEpoch, [new(Fact.Parse("""pod{node="n1"}"""), null)]));

        Assert.StartsWith("""The fact pod{node="n1"} is not in this list.""", fault.Message, StringComparison.Ordinal);
    }

    private static Fact Pod(Random random, string name) =>
        Fact.Parse($$"""pod{namespace="{{Spaces[random.Next(4)]}}",pod="{{name}}",node="n{{random.Next(40)}}",ready="{{(random.Next(5) == 0 ? "false" : "true")}}"}""");

    private static IEnumerable<string[]> Keys(IndexLabels labels) => labels.On switch
    {
        [] => [[]],
        ["node"] => Enumerable.Range(0, 42).Select(n => new[] { $"n{n}" }),
        ["namespace"] => Spaces[..3].Select(s => new[] { s }),
        _ => Enumerable.Range(0, 300).SelectMany(p => Spaces[..3].Select(s => new[] { s, $"p{p * 37}" })),
    };

    private static Fact[] Found(FactView view, IndexLabels labels, string[] key)
    {
        string[] equal = labels.Equal.Length == 0 ? [] : ["false"];
        return view.Bucket("pod")?.Index(labels).Find(JoinKey.Of(key), equal, JoinKey.HashOf(equal)) ?? [];
    }

    private static Fact[] Unready(FactView view) =>
        view.Bucket("pod")?.Index("unready", Indexes[0], f => f["ready"] == "false").Find(JoinKey.Of(["a"]), [], JoinKey.HashOf([])) ?? [];

    private static List<string> Texts(IEnumerable<Fact> facts) => [.. facts.Select(f => f.ToString()).Order(StringComparer.Ordinal)];
}

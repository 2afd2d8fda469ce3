using FsCheck;
using FsCheck.Fluent;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

public sealed class RoundTripTests
{
    [Fact]
    public void Condition_Printed_ReadsBackAsTheSame() =>
        Prop.ForAll(Arbitrary.ConditionText.ToArbitrary(), text =>
        {
            var printed = Condition.Parse(text).ToString();
            return Condition.Parse(printed).ToString() == printed;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Condition_Printed_MeansTheSame() =>
        Prop.ForAll((from text in Arbitrary.ConditionText from alert in Arbitrary.Alert from view in Arbitrary.View select (
            text, alert, view))
            .ToArbitrary(),
        c =>
        {
            var condition = Condition.Parse(c.text);
            var (before, after) =
                (condition.Evaluate("when", c.alert, c.view), Condition.Parse(condition.ToString()).Evaluate("when", c.alert, c.view));
            return (before.Ok, before.Found) == (after.Ok, after.Found);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void AnyText_IsReadOrRefused_AndNeverBreaksTheParser() =>
        Prop.ForAll((from text in Arbitrary.ConditionText from at in Gen.Choose(0, 80) from noise in Gen.Elements(
            "", "{", "\"", "(", "%", ",", "on(", "count", "\\", " ") select (text, at, noise))
            .ToArbitrary(),
        c =>
        {
            var at = Math.Min(c.at, c.text.Length);
            var faults = new List<Core.Language.TextFault>();
            var broken = c.text[..at] + c.noise + (at < c.text.Length ? c.text[(at + 1)..] : "");
            var condition = Condition.Parse(broken, faults);
            return condition is not null == (faults.Count == 0) && faults.TrueForAll(f => f.Offset >= 0 && f.Offset <= broken.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}

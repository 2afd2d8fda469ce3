using System.ComponentModel.DataAnnotations;
using Remediator.Core.Actions;

namespace Remediator.Core.Tests.Actions;

public sealed class ActionInputBinderTests
{
    private static readonly Dictionary<string, object> Nothing = [];

    [Theory]
    [InlineData("max-wait")]
    [InlineData("max_wait")]
    [InlineData("maxWait")]
    [InlineData("MaxWait")]
    public void Key_IsReadInEveryUsualSpelling(string key) =>
        Assert.Equal(TimeSpan.FromMinutes(90), Bind<Input>(("name", "x"), (key, "1h30m")).MaxWait);

    [Fact]
    public void Values_AreReadAsTheirTypes() =>
        Assert.Equal(
            new Input {
                Name = "x",
                Flag = true,
                Count = 7,
                Kind = Kind.OneByOne,
                Limit = new(512 << 20),
                Share = new(12.5m),
                MaxWait = TimeSpan.FromSeconds(5),
                Ratio = 0.5 },
            Bind<Input>(
                ("name", "x"), ("flag", "true"), ("count", "7"), ("kind", "one-by-one"), ("limit", "512Mi"), ("share", "12.5%"),
                ("max-wait", "5s"), ("ratio", "0.5")));

    [Fact]
    public void Defaults_StandWhereNothingIsGiven() => Assert.Equal(new Input { Name = "x" }, Bind<Input>(("name", "x")));

    [Fact]
    public void PositionalRecord_IsBoundToo() => Assert.Equal(new Positional(3), Bind<Positional>(("count", "3")));

    [Theory]
    [InlineData("count", "many", "'count' is 'many'; expected a whole number")]
    [InlineData("count", "11", "'count' is 11; expected 1 to 10")]
    [InlineData("flag", "yes", "'flag' is 'yes'; expected true or false")]
    [InlineData("kind", "one-by-on", "'kind' is 'one-by-on'; expected all-at-once, one-by-one; did you mean 'one-by-one'?")]
    [InlineData("limit", "4 gigs", "'limit' is '4 gigs'; expected an amount such as 512Mi or 4Gi")]
    [InlineData("share", "25", "'share' is '25'; expected a percentage such as 25%")]
    [InlineData("max-wait", "5", "'max-wait' is '5'; expected a duration such as 30s, 5m, 2h30m or 1d")]
    [InlineData("ratio", "half", "'ratio' is 'half'; expected a number")]
    [InlineData("nmae", "x", "unknown key 'nmae'; did you mean 'name'?")]
    [InlineData("elephant", "x", "unknown key 'elephant'; it takes name, flag, count, kind, limit, share, max-wait, ratio")]
    [InlineData("flag", "{{ x | shout }}", "there is no filter 'shout'")]
    public void Fault_SaysWhatWasExpected(string key, string text, string message) =>
        Assert.Equal([message], Faults<Input>(("name", "x"), (key, text)));

    [Fact]
    public void AllFaults_AreTold() =>
        Assert.Equal(
            [
                "'count' is '0x'; expected a whole number",
                "unknown key 'y'; it takes name, flag, count, kind, limit, share, max-wait, ratio", "'name' is missing"],
            Faults<Input>(("count", "0x"), ("y", "1")));

    [Fact]
    public void OneKeyInTwoSpellings_IsGivenTwice() =>
        Assert.Equal(["'max-wait' is given twice"], Faults<Input>(("name", "x"), ("max-wait", "1s"), ("maxWait", "2s")));

    [Fact]
    public void InputThatTakesNothing_SaysSo() => Assert.Equal(["unknown key 'x'; it takes none"], Faults<Empty>(("x", "1")));

    [Fact]
    public void ValuesThatDoNotGoTogether_AreAFault() => Assert.Equal(["low is above high"], Faults<Pair>(("low", "3"), ("high", "2")));

    [Fact]
    public void Template_IsBoundWhenItIsPlanned_AndCheckedThen()
    {
        var faults = new List<InputFault>();
        var template =
            ActionInputBinder.Bind(typeof(Input), [new("name", "{{ params.name }}"), new("count", "{{ params.count }}")], faults)!;

        Assert.Empty(faults);
        Assert.Equal(new Input { Name = "a", Count = 4 }, template.Bind(Params(("name", "a"), ("count", "4"))));
        Assert.Equal(
            "'count' is 44; expected 1 to 10 (from {{ params.count }})",
            Assert.Throws<FormatException>(() => template.Bind(Params(("name", "a"), ("count", "44")))).Message);
    }

    [Fact]
    public void TemplateOfNothing_LeavesWhatIsOptionalOut_AndIsTheEmptyTextElsewhere()
    {
        var template = ActionInputBinder.Bind(typeof(Input), [new("name", "{{ params.name }}"), new("count", "{{ params.count }}")], [])!;
        Assert.Equal(new Input { Name = "" }, template.Bind(Params()));
    }

    [Fact]
    public void Of_GivesTheInputAsItIs() => Assert.Equal(new Positional(9), ActionInputTemplate.Of(new Positional(9)).Bind(Nothing));
    private static T Bind<T>(params (string Key, string Text)[] entries)
    {
        var faults = new List<InputFault>();
        var template = ActionInputBinder.Bind(typeof(T), [.. entries.Select(e => new InputEntry(e.Key, e.Text))], faults);
        Assert.Empty(faults);
        return (T)template!.Bind(Nothing);
    }

    private static IEnumerable<string> Faults<T>(params (string Key, string Text)[] entries)
    {
        var faults = new List<InputFault>();
        Assert.Null(ActionInputBinder.Bind(typeof(T), [.. entries.Select(e => new InputEntry(e.Key, e.Text))], faults));
        return faults.Select(f => f.Message);
    }

    private static Dictionary<string, object> Params(params (string Key, string Text)[] values) =>
        new() { ["params"] = values.ToDictionary(v => v.Key, v => v.Text) };

    private enum Kind { AllAtOnce, OneByOne }

    private sealed record Empty;

    private sealed record Positional([Range(1, 10)] int Count = 2);

    private sealed record Input
    {
        public required string Name { get; init; }

        public bool Flag { get; init; }

        [Range(1, 10)]
        public int Count { get; init; } = 5;

        public Kind Kind { get; init; }

        public Quantity? Limit { get; init; }

        public Percent Share { get; init; }

        public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

        public double Ratio { get; init; }
    }

    private sealed record Pair : IValidatableObject
    {
        public int Low { get; init; }

        public int High { get; init; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Low > High ? [new("low is above high")] : [];
    }
}

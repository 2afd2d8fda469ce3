using System.Collections.Immutable;
using Remediator.Core.Language;

namespace Remediator.Core.Incidents;

/// <summary>What a resource's document keeps of what grows for as long as an incident is open; the journal has all of it.</summary>
internal static class Kept
{
    public const int MostTried = 50;
    public const int LongestTried = 1000;

    /// <summary>More than these nobody reads on a phone, and what is to be done next comes after them.</summary>
    public const int MostTriedForPeople = 10;
    public const int LongestTriedForPeople = 300;
    public const int MostFacts = 1000;
    public const int LongestValue = 16 * 1024;

    /// <summary>Who reads it wants the newest.</summary>
    public static ImmutableList<string> With(this ImmutableList<string> tried, string text) =>
        (tried.Count < MostTried ? tried : tried.RemoveAt(0)).Add(Excerpt.Of(text, LongestTried));

    /// <summary>The newest of what was tried, as a message has room for it; the journal has all of it.</summary>
    public static IReadOnlyList<string> ForPeople(this IReadOnlyList<string> tried, string incident)
    {
        var newest = tried.TakeLast(MostTriedForPeople).Select(t => Excerpt.Of(t, LongestTriedForPeople));
        var earlier = tried.Count - MostTriedForPeople;
        return earlier > 0 ? [$"{earlier} times before: 'remediator audit show {incident}' has all", .. newest] : [.. newest];
    }

    /// <summary>Of each action the last two runs that did it: that another run than the one at hand did it is all that is asked.</summary>
    public static ImmutableList<DoneStep> With(this ImmutableList<DoneStep> done, DoneStep step)
    {
        var others = done.Remove(step);
        return others.Count(d => d.Use == step.Use) < 2 ? others.Add(step) : others.Remove(others.First(d => d.Use == step.Use)).Add(step);
    }
}

using System.Text.RegularExpressions;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Images;

/// <summary>What the program that deletes container images says of one file system; sizes in bytes.</summary>
internal sealed partial record ImagesState
{
    private const int Most = 100;

    /// <summary>
    /// <c>ok</c>, or why it cannot be used; <c>unused</c> where the policy lets no image be deleted, and <c>refused</c> where sudo does not
    /// let it run.
    /// </summary>
    public required string Helper { get; init; }

    /// <summary>Why it does nothing there; empty where nothing speaks against it.</summary>
    public required string Refusal { get; init; }

    /// <summary>The largest first.</summary>
    public required IReadOnlyList<Leftover> Images { get; init; }

    /// <summary>All of these together, with the layers that only they share.</summary>
    public required long ImageBytes { get; init; }

    /// <summary>Dead containers of pods that are gone; none where it was not said which pods there are.</summary>
    public required IReadOnlyList<Leftover> Containers { get; init; }

    /// <summary>All dead containers, of whatever pods.</summary>
    public required long ContainerBytes { get; init; }

    public required IReadOnlyList<(string Name, string Why)> Left { get; init; }

    public static ImagesState Read(HostAnswer answer)
    {
        var (helper, refusal) = (answer.One("imager"), answer.One("images-refused"));
        var all = answer.Of("images-all").FirstOrDefault(f => f.Count == 4) ?? ["0", "0", "0", "0"];
        return new()
        {
            Helper = helper.Length == 0 ? "unused" : helper == "ok" && !answer.Has("images-done") ? "failed" : helper,
            Refusal = refusal,
            Images = Leftovers(answer, "image"),
            ImageBytes = HostAnswer.Bytes(all[1], 1),
            Containers = Leftovers(answer, "container"),
            ContainerBytes = HostAnswer.Bytes(all[3], 1),
            Left = [.. answer.Of("image-left").Where(f => f.Count == 2).Select(f => (HostAnswer.Short(f[0]), HostAnswer.Short(f[1])))],
        };
    }

    /// <summary>Why no image is deleted there; null where one may be.</summary>
    public string? Doubt(ManagedHost host) => Helper switch
    {
        "ok" => Refusal.Length > 0 ? $"No image is deleted on host {host.Name}: {Refusal}." : null,
        "unused" => $"The policy lets no container image be deleted on host {host.Name}; 'images' of the host says whether one may.",
        "absent" => $"Host {host.Name} has no {ImagesHelper.Path}; 'remediator permissions --for images' prints it.",
        "other" => $"{ImagesHelper.Path} on host {host.Name} is not that of this version, which 'remediator permissions --for images' "
            + "prints.",
        "refused" => $"sudo on host {host.Name} does not let user {host.User} run {ImagesHelper.Path} with the digest of this version; "
            + "'remediator permissions --for hosts' prints what it has to allow.",
        _ => $"{ImagesHelper.Path} on host {host.Name} gave no whole answer.",
    };

    private static List<Leftover> Leftovers(HostAnswer answer, string word) =>
    [
        .. answer.Of(word).Where(f => f.Count == 3 && PlanPattern().IsMatch(f[1])).Take(Most)
            .Select(f => new Leftover(f[1], HostAnswer.Short(f[2]), HostAnswer.Bytes(f[0], 1))),
    ];

    [GeneratedRegex(@"^(image:sha256:[0-9a-f]{64}:[0-9a-f]{16}|container:[A-Za-z0-9_.-]{1,128}:[A-Za-z0-9_.-]{1,64})\z")]
    private static partial Regex PlanPattern();
}

/// <param name="Plan">How the program calls it: with all that must not have changed when it goes.</param>
/// <param name="Bytes">What its deletion alone wins.</param>
internal sealed record Leftover(string Plan, string Name, long Bytes);

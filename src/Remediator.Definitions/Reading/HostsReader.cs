using System.Text.RegularExpressions;
using Remediator.Core.Actions;
using Remediator.Core.Language;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the key <c>hosts</c> of the policy: the machines that may be logged in to, each once, and how.</summary>
internal sealed partial class HostsReader(FaultList faults)
{
    internal static readonly string[] Keys = [
        "host", "address", "port", "node", "zone", "user", "key_file", "host_keys", "through", "units", "keep_journal",
        "reboot", "logs", "keep_logs", "temp", "keep_temp", "grow", "agent", "instance", "images"];
    internal static readonly string[] GrowKeys = ["mount", "to", "volume"];
    internal static readonly string[] GrowRequired = ["mount", "to"];
    internal static readonly string[] Required = ["host"];

    /// <summary>One of these, and it is reached over SSH; as well where no other way is named.</summary>
    private static readonly string[] OfSsh = ["address", "port", "user", "key_file", "host_keys", "through"];

    /// <summary>Those that the program can check; DSA is none of them.</summary>
    private static readonly string[] KeyTypes = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];
    private static readonly ManagedHost Usual = new() { Name = "", Address = "", User = "", KeyFile = "", HostKeys = [] };
    private static readonly Quantity LeastJournal = new(16L << 20);

    public IReadOnlyList<ManagedHost> Read(MapReader policy)
    {
        var read = policy.Items("hosts")
            .Select(n => (Node: n, Host: MapReader.Of(n, faults, "an item of 'hosts'", Keys) is { } item ? HostOf(item) : null))
            .Where(h => h.Host is not null)
            .Select(h => (h.Node, Host: h.Host!))
            .ToList();
        foreach (var (node, host) in read.GroupBy(h => h.Host.Name, StringComparer.Ordinal).SelectMany(g => g.Skip(1)))
            faults.At(node, $"there is a host '{host.Name}' already");
        foreach (var (node, host) in read.Where(h => h.Host.Node.Length > 0)
            .GroupBy(h => h.Host.Node, StringComparer.Ordinal)
            .SelectMany(g => g.Skip(1)))
            faults.At(node, $"node '{host.Node}' is another host already");
        var byName = read.Select(h => h.Host).DistinctBy(h => h.Name).ToDictionary(h => h.Name, StringComparer.Ordinal);
        foreach (var (node, host) in read)
            Way(node, host, byName);
        return [.. read.Select(h => h.Host)];
    }

    /// <summary>One host may be between; a way of more would be a circle sooner or later, and nobody needs it.</summary>
    private void Way(YamlNode node, ManagedHost host, Dictionary<string, ManagedHost> hosts)
    {
        if (host.Through is not { } through) return;
        if (!hosts.TryGetValue(through, out var between))
            faults.At(node, $"there is no host '{through}' to go through{Suggestion.For(through, hosts.Keys)}");
        else if (!between.HasSsh)
            faults.At(node, $"'{through}' is not reached over SSH itself, so nothing goes through it");
        else if (between.Through is not null)
            faults.At(node, $"'{through}' is reached through another host itself; only one can be between");
    }

    private ManagedHost? HostOf(MapReader item)
    {
        var before = faults.Count;
        var name = item.RequireScalar("host");
        var hasSsh = OfSsh.Any(item.Has) || !(item.Has("agent") || item.Has("instance"));
        var (user, keyFile) = hasSsh ? (item.RequireScalar("user"), item.RequireScalar("key_file")) : (null, null);
        if (hasSsh && item.Require("host_keys") is YamlList { Items.Count: 0 } none)
            faults.At(none, "'host_keys' is empty; without a key nobody logs in");
        if (item.Has("agent") && !item.Has("node"))
            faults.At(item.Find("agent")!, "'agent' needs 'node': its pod on that node is the way to the machine");
        Check(name, NamePattern(), "a name of letters, digits, dots and dashes");
        Check(user, UserPattern(), "the name of a user, such as remediator");
        if (keyFile is not null && !Path.IsPathFullyQualified(keyFile.Value))
            faults.At(keyFile, $"'key_file' is '{keyFile.Value}'; expected an absolute path");
        var keys = item.Scalars("host_keys").Select(KeyOf).OfType<HostKey>().ToList();
        var units = item.Scalars("units").ToList();
        units.ForEach(u => Check(u, UnitPattern(), "a unit with its suffix, such as nginx.service"));
        var host = new ManagedHost
        {
            Name = name?.Value ?? "",
            Address = Text(item, "address", AddressPattern(), "an address or a DNS name") ?? name?.Value ?? "",
            Port = item.Number("port", 1, 65535) ?? 22,
            Node = Text(item, "node", NamePattern(), "the name of a node") ?? "",
            Zone = item.Scalar("zone")?.Value ?? "",
            // the other ways are root's
            User = hasSsh ? user?.Value ?? "" : "root",
            KeyFile = keyFile?.Value ?? "",
            HostKeys = keys,
            Through = item.Scalar("through")?.Value,
            Agent = Text(item, "agent", NamespacePattern(), "the name of a namespace, such as remediator-agent") ?? "",
            Instance = Text(item, "instance", InstancePattern(), "the id of an instance, such as i-0123456789abcdef0") ?? "",
            Units = [.. units.Select(u => u.Value)],
            KeepsJournal = Journal(item),
            MayReboot = Allowed(item, "reboot"),
            Logs = Logs(item),
            KeepsLogs = Kept(item, "keep_logs", Usual.KeepsLogs),
            Temp = Temp(item),
            KeepsTemp = Kept(item, "keep_temp", Usual.KeepsTemp),
            MayDeleteImages = Images(item),
            Grows = Grows(item),
        };
        return faults.Count > before ? null : host;
    }

    private long Journal(MapReader item)
    {
        if (item.Scalar("keep_journal") is not { } text) return ManagedHost.UsualJournal;
        if (Quantity.TryParse(text.Value, null, out var keep) && keep.Bytes >= LeastJournal.Bytes) return keep.Bytes;
        faults.At(text, $"'keep_journal' is '{text.Value}'; expected an amount such as 200Mi, and at least {LeastJournal}");
        return ManagedHost.UsualJournal;
    }

    private bool Allowed(MapReader item, string key)
    {
        if (item.Scalar(key) is not { } text || text.Value == "never") return false;
        if (text.Value == "allowed") return true;
        faults.At(text, $"'{key}' is '{text.Value}'; expected allowed or never");
        return false;
    }

    private bool Images(MapReader item)
    {
        var allowed = Allowed(item, "images");
        if (allowed && !item.Has("node"))
            faults.At(item.Find("images")!, "'images' needs 'node': only the cluster knows which images its pods need");
        return allowed;
    }

    private List<string> Logs(MapReader item)
    {
        var logs = item.Scalars("logs").ToList();
        foreach (var log in logs.Where(l => l.Value != "known"))
            Check(
                log, LogPattern(), "'known', or the absolute path of a log, such as /var/log/app/*.log, with wildcards in its name alone");
        return [.. logs.SelectMany(l => l.Value == "known" ? KnownLogs.Paths : [l.Value]).Distinct(StringComparer.Ordinal)];
    }

    private List<string> Temp(MapReader item)
    {
        var folders = item.Scalars("temp").ToList();
        folders.ForEach(f => Check(f, TempPattern(), "the absolute path of a folder for temporary files, such as /tmp"));
        return [.. folders.Select(f => f.Value).Distinct(StringComparer.Ordinal)];
    }

    private List<GrowingFileSystem> Grows(MapReader item)
    {
        var read = new List<GrowingFileSystem>();
        foreach (var node in item.Items("grow"))
        {
            if (MapReader.Of(node, faults, "an item of 'grow'", GrowKeys) is not { } entry) continue;
            var mount = entry.RequireScalar("mount");
            Check(mount, MountPattern(), "the absolute path of a mount point, such as /data");
            var volume = Text(entry, "volume", VolumePattern(), "the id of an EBS volume, such as vol-0123456789abcdef0") ?? "";
            if (entry.RequireScalar("to") is not { } to || mount is null) continue;
            if (!Quantity.TryParse(to.Value, null, out var most) || most.Bytes < 1L << 30)
                faults.At(to, $"'to' is '{to.Value}'; expected an amount such as 200Gi, and at least 1Gi");
            if (read.Any(g => g.MountPoint == mount.Value))
                faults.At(mount, $"'{mount.Value}' is in 'grow' already");
            read.Add(new(mount.Value, most.Bytes, volume));
        }

        return read;
    }

    private TimeSpan Kept(MapReader item, string key, TimeSpan usual)
    {
        if (item.Time(key) is not { } time) return usual;
        if (time < TimeSpan.FromSeconds(1)) faults.At(item.Find(key)!, $"'{key}' is '{Duration.Format(time)}'; expected at least 1s");
        return time;
    }

    private HostKey? KeyOf(YamlScalar written)
    {
        if (written.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var type, var key, ..]
            && KeyTypes.Contains(type)
            && Convert.TryFromBase64String(key, new byte[key.Length], out var length)
            && length > 32)
            return new(type, key);
        faults.At(
            written,
            $"this is no host key; expected a type ({string.Join(", ", KeyTypes)}) and the key, as in "
                + "/etc/ssh/ssh_host_ed25519_key.pub of the host");
        return null;
    }

    private string? Text(MapReader item, string key, Regex pattern, string expected)
    {
        var text = item.Scalar(key);
        Check(text, pattern, expected);
        return text?.Value;
    }

    private void Check(YamlScalar? text, Regex pattern, string expected)
    {
        if (text is not null && !pattern.IsMatch(text.Value)) faults.At(text, $"'{text.Value}' cannot be used; expected {expected}");
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9:])?\z")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"^(i|mi)-[0-9a-f]{8,17}\z")]
    private static partial Regex InstancePattern();

    [GeneratedRegex(@"^[a-z_][a-z0-9_-]{0,31}\z")]
    private static partial Regex UserPattern();

    /// <summary>Below at least one folder. No '..', and no brackets, which are wildcards too.</summary>
    [GeneratedRegex(@"^(?!.*/\.\.?(/|\z))(/[A-Za-z0-9_.+@,-]+){1,30}/(?=[^/]*[A-Za-z0-9])[A-Za-z0-9_.+@,*-]+\z")]
    private static partial Regex LogPattern();

    /// <summary>Not what belongs to the system, to users or to programs.</summary>
    [GeneratedRegex(
        @"^(?!/(bin|boot|dev|etc|home|lib\w*|proc|root|run|sbin|sys|usr|var/(lib|db|mail|spool|log))(/|\z))(?!.*/\.\.?(/|\z))"
            + @"(?!/(var|opt|srv|mnt|media)\z)(/[A-Za-z0-9_.+@,-]+){1,30}\z")]
    private static partial Regex TempPattern();

    [GeneratedRegex(@"^(?!.*/\.\.?(/|\z))(/|(/[A-Za-z0-9_.+@-]+){1,30})\z")]
    private static partial Regex MountPattern();

    [GeneratedRegex(@"^vol-([0-9a-f]{8}|[0-9a-f]{17})\z")]
    private static partial Regex VolumePattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.:@\\-]{0,200}\.service\z")]
    private static partial Regex UnitPattern();
}

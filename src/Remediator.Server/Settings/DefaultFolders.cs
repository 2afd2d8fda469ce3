namespace Remediator.Server.Settings;

/// <summary>Where things are when nobody says otherwise.</summary>
internal static class DefaultFolders
{
    /// <summary>systemd's state directory, else the user's data folder as XDG names it.</summary>
    public static string Data(Func<string, string?> environment)
    {
        if (environment("STATE_DIRECTORY") is { Length: > 0 } state)
            return state.Split(':')[0];
        if (environment("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathRooted(data))
            return Path.Combine(data, "remediator");

        return Path.Combine(Home(environment), ".local", "share", "remediator");
    }

    public static string ShippedRules => Path.Combine(AppContext.BaseDirectory, "rules");

    public static string ShippedPlaybooks => Path.Combine(AppContext.BaseDirectory, "playbooks");

    public static string ShippedPolicy => Path.Combine(AppContext.BaseDirectory, "policy.yaml");

    /// <summary>What the user typed, as seen from where they stand; <c>~/</c> is their home where the shell has left it.</summary>
    public static string Full(string path, Func<string, string?> environment) =>
        Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home(environment), path[2..]) : path);

    private static string Home(Func<string, string?> environment) =>
        environment("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}

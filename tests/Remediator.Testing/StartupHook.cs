using Remediator.Testing;

/// <summary>The runtime looks for this name, outside of any namespace, in what DOTNET_STARTUP_HOOKS lists.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Failpoints.Variable) is { } place)
            Failpoints.Arm(place);
    }
}

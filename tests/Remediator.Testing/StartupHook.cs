using Remediator.Testing;
using Remediator.Testing.Machines;

/// <summary>The runtime looks for this name, outside of any namespace, in what DOTNET_STARTUP_HOOKS lists.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Failpoints.Variable) is { } place)
            Failpoints.Arm(place);
        if (Environment.GetEnvironmentVariable(ActionsHook.Variable) is { } room)
            ActionsHook.Install(room);
    }
}

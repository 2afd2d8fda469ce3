using Remediator.Core.Pages;
using Remediator.Core.Pauses;

namespace Remediator.Grains.Views;

/// <summary>Stop signals from outside the engine: the pause file on this machine, and silences in Alertmanager.</summary>
internal sealed class ExternalHolds(IPauseSwitch pause, IEnumerable<ISilences> silences)
{
    private readonly ISilences? _silences = silences.FirstOrDefault();

    public string? Paused => pause.Reason;

    public SilenceReading? Silences => _silences?.Current;
}

using Remediator.Core.Alerts;

namespace Remediator.Sources.Intake;

/// <summary>What one body holds.</summary>
/// <param name="Source">Who says so, as in <see cref="AlertSource"/>.</param>
/// <param name="Truncated">How many alerts the sender left out because of a limit of its own.</param>
internal sealed record DeliveryBody(string Source, IReadOnlyList<Alert> Alerts, IReadOnlyList<RejectedElement> Rejected, int Truncated);

/// <summary>An alert of a delivery that is not taken.</summary>
/// <param name="Limit">The limit that it is beyond; <see cref="NoAlert"/> where it is no alert at all.</param>
internal sealed record RejectedElement(string Text, string Limit, string Reason)
{
    public const string NoAlert = "none";
}

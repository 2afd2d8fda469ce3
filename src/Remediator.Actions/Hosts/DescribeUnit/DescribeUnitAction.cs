using System.Globalization;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Units;
using Remediator.Core.Actions;
using Remediator.Core.Language;

namespace Remediator.Actions.Hosts.DescribeUnit;

/// <summary>Keeps how a service is and what it said last.</summary>
internal sealed class DescribeUnitAction(Machines machines) : IReadAction
{
    private readonly ServiceReader _services = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.describe-unit",
        Class = ActionClass.Read,
        Input = typeof(DescribeUnitInput),
        Summary = "Records how a service of a host is, how it last ended, whether a restart is possible, and the last "
            + "lines of its journal.",
        Kinds = ServiceReader.Kinds,
        Deadline = TimeSpan.FromSeconds(25),
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (name, host) = (((DescribeUnitInput)request.Input).Unit, _services.Host(request).Name);
        var unit = await _services.ReadAsync(request, name, "", cancellationToken);
        var doubt = RestartDoubt.Of(unit, request.DurationScale);
        return new($"Unit {name} on host {host}", Text(unit, doubt))
        {
            Values = Values(unit, doubt, request.DurationScale),
        };
    }

    internal static string Text(UnitState unit, string? doubt)
    {
        var state = string.Create(
            CultureInfo.InvariantCulture,
            $"{unit.Describe()}, result {unit.Result}, main process {unit.MainPid} {unit.Process}, restarted "
                + $"{Plural.Of(unit.Restarts, "time")} by systemd, last run {unit.Ran.TotalSeconds:0} s");
        return $"{state}\n{(doubt is null ? "It can be restarted." : $"It is not restarted: {doubt}")}\n{unit.Log}";
    }

    /// <summary>A unit that is well gives no reason, which would take the place of that of another unit.</summary>
    internal static IReadOnlyDictionary<string, string> Values(UnitState unit, string? doubt, double scale)
    {
        var values = new Dictionary<string, string> { ["last_log_lines"] = unit.Log };
        if (doubt is not null || RestartDoubt.Trouble(unit, scale).Length > 0)
            values["unit_reason"] = $"unit {unit.Name} is {unit.Describe()}{(doubt is null ? "" : $"; it is not restarted: {doubt}")}";
        return values;
    }
}

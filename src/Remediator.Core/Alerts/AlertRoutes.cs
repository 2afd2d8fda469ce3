namespace Remediator.Core.Alerts;

/// <summary>Whether alerts find their way here, by the configurations of Alertmanagers; not there where none is asked.</summary>
public interface IAlertRoutes
{
    /// <summary>Why alerts of a group do not come, by its source; groups of which nothing is to be said are left out.</summary>
    IReadOnlyDictionary<string, string> Problems { get; }
}

/// <summary>Reads the text of an Alertmanager's configuration.</summary>
public interface IAlertRouteReader
{
    /// <exception cref="FormatException">It is no such text; the message says where.</exception>
    AlertRoutes Read(string configuration);
}

/// <param name="Receiver">Its own, or that of the route that it is in.</param>
/// <param name="Wants">Labels that must have a certain value, for it and for the routes that it is in; other matchers are left out.</param>
public sealed record AlertRoute(string Receiver, IReadOnlyDictionary<string, string> Wants);

/// <summary>What an Alertmanager's configuration says of who is told.</summary>
/// <param name="Routes">All of them, however deep.</param>
public sealed record AlertRoutes(IReadOnlyList<string> Receivers, IReadOnlyList<AlertRoute> Routes)
{
    private const int MostNamed = 5;

    /// <returns>Why alerts do not come to our receiver; empty where some may.</returns>
    public string Problem(AlertmanagerGroup group)
    {
        if (!Receivers.Any(group.IsOurs))
        {
            return $"its configuration has no receiver '{group.Receiver}' (it has {Named(Receivers)}), so that no alert is fetched "
                + "from it. Set Receiver of this group to the name of the one that posts here";
        }

        var ours = Routes.Where(r => group.IsOurs(r.Receiver)).ToList();
        if (ours.Count == 0)
            return $"no route of its configuration leads to receiver '{Receivers.First(group.IsOurs)}', so that no alert comes";
        return ours.TrueForAll(IsForced)
            ? $"every route to {Named([.. ours.Select(r => r.Receiver).Distinct()])} wants {Namespaces(ours)}, which "
                + "prometheus-operator adds to those of an AlertmanagerConfig: alerts of nodes and of other namespaces do not come. Set "
                + "alertmanagerConfigMatcherStrategy: { type: None } at the Alertmanager, or put the route into its own configuration"
            : "";
    }

    /// <summary>Written by a person it would hardly be the very namespace of the AlertmanagerConfig.</summary>
    private static bool IsForced(AlertRoute route) =>
        route.Receiver.Split('/') is [var own, _, _] && route.Wants.GetValueOrDefault("namespace") == own;

    private static string Namespaces(IEnumerable<AlertRoute> routes) =>
        string.Join(" or ", routes.Select(r => $"namespace=\"{r.Wants["namespace"]}\"").Distinct());

    private static string Named(IReadOnlyList<string> names) =>
        names.Count == 0 ? "none"
            : string.Join(", ", names.Take(MostNamed).Select(n => $"'{n}'")) + (names.Count > MostNamed ? ", ..." : "");
}

namespace Remediator.Actions.Notify;

internal static class NotifyUrl
{
    /// <summary>What is wrong with the address; null when it can be used.</summary>
    public static string? Fault(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) switch
    {
        false => "is not an absolute URL; expected one such as http://alertmanager:9093",
        true when uri!.Scheme is not ("http" or "https") => "is neither http nor https",
        true when uri!.UserInfo.Length > 0 => "contains a credential; name a file for it instead",
        _ => null,
    };
}

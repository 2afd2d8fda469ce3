using Remediator.Core.Safety;
using Remediator.Server.FirstStart;

namespace Remediator.Server.Serve;

/// <summary>The global switch: while the file <c>paused</c> is in the data folder, nothing is changed. Its text is the reason.</summary>
internal sealed class PauseFile(DataFolder folder) : IPauseSwitch
{
    private const int LongestReason = 500;

    public string? Reason
    {
        get
        {
            try
            {
                if (!File.Exists(folder.PauseFile))
                    return null;

                var text = File.ReadAllText(folder.PauseFile).Trim();
                return text.Length == 0 ? $"{folder.PauseFile} is there" : text[..Math.Min(text.Length, LongestReason)];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"{folder.PauseFile} cannot be read: {e.Message}";
            }
        }
    }
}

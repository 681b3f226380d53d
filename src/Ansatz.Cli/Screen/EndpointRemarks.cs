using System.Globalization;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli.Screen;

/// <summary>What a command says of the endpoints that it opens: where each key goes, since the study file may be somebody else's; and of calls that are tried again, while nothing moves, and their sum at the end. Thread-safe.</summary>
/// <remarks>On a screen that is redrawn the remark stands there; else it is a line of standard error, at most one every ten seconds.</remarks>
internal sealed class EndpointRemarks(Surroundings surroundings)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private readonly Lock _counting = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal); // by what went wrong
    private readonly HashSet<(string Key, string Server)> _keys = [];
    private long? _said;

    /// <summary>The run on the screen; none before there is one.</summary>
    public RunView? View { get; set; }

    /// <summary>Opens an endpoint; nothing is sent yet.</summary>
    public IChatClient Open(OpenAiEndpoint endpoint)
    {
        lock (_counting)
        {
            if (endpoint.HasKey && _keys.Add((endpoint.KeyFrom, endpoint.Url.Authority)))
            {
                surroundings.Error.WriteLine(PlainText.Printable($"The key in {endpoint.KeyFrom} goes to {endpoint.Url.Authority}."));
            }
        }

        return endpoint.Open(Add, surroundings.Clock);
    }

    /// <summary>Takes in a try that failed.</summary>
    public void Add(EndpointRetry retry)
    {
        lock (_counting)
        {
            _counts[retry.Why] = _counts.GetValueOrDefault(retry.Why) + 1;
            if (surroundings.Screen is not null)
            {
                View?.Remark = retry.ToString();
            }
            else if (_said is not { } said || surroundings.Clock.GetElapsedTime(said) >= Between)
            {
                _said = surroundings.Clock.GetTimestamp();
                surroundings.Error.WriteLine(PlainText.Printable(retry.ToString()));
            }
        }
    }

    /// <summary>All of them in a sentence; none where there were none.</summary>
    public string? Sum()
    {
        lock (_counting)
        {
            string[] parts = [.. _counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value:N0} after {c.Key}"))];
            return parts.Length == 0 ? null : $"Tries that failed and were made again, which a server may have billed too: {string.Join(", ", parts)}.";
        }
    }
}

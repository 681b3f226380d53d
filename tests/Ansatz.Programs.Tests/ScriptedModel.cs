using Ansatz.Language;

namespace Ansatz.Programs.Tests;

/// <summary>A model that replies with prepared texts, in order of the samples, and remembers what it was asked.</summary>
internal sealed class ScriptedModel(params string[] replies)
{
    private readonly Lock _lock = new();

    public List<ProposerRequest> Requests { get; } = [];

    public Proposer Proposer => new(new() { ["model"] = "scripted" }, (request, _) =>
    {
        lock (_lock)
        {
            Requests.Add(request);
            return Task.FromResult(new ProposerReply(replies[(Requests.Count - 1) % replies.Length], 10, 10));
        }
    });
}

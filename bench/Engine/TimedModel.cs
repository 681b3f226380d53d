using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ansatz.Language;
using Ansatz.LocalModels;
using Microsoft.Extensions.AI;

namespace Ansatz.Bench.Engine;

/// <summary>Adds up how long a model is at work; calls at the same time count once.</summary>
internal sealed class TimedModel(EmbeddedModel model) : DelegatingChatClient(model), IContinuationScorer
{
    private readonly Lock _gate = new();
    private int _active;
    private long _since;

    public TimeSpan Elapsed { get; private set; }

    public int Rollouts { get; private set; }

    public JsonObject Identity => model.Identity;

    public int ContextTokens => model.ContextTokens;

    public ImmutableArray<int> Tokenize(string text) => model.Tokenize(text);

    public async Task<ContinuationScores> ScoreAsync(
        string prefix, IReadOnlyList<string> items, IReadOnlyList<string> continuations, bool firstTokenOnly, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Rollouts += items.Count;
            if (_active++ == 0)
            {
                _since = Stopwatch.GetTimestamp();
            }
        }

        try
        {
            return await model.ScoreAsync(prefix, items, continuations, firstTokenOnly, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                if (--_active == 0)
                {
                    Elapsed += Stopwatch.GetElapsedTime(_since);
                }
            }
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(IContinuationScorer) ? this : base.GetService(serviceType, serviceKey);
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Programs;

/// <summary>Scoring in stages: on the first train inputs, which should be the cheapest; who does well there goes on to more.</summary>
/// <param name="Stages">After how many train inputs a program has to have done well, ascending.</param>
/// <param name="Share">Which share of the programs passes a stage: those whose mean is not below that quantile of the programs that came to it before, so of equal ones all. Default the better half.</param>
/// <remarks>A program that a stage drops is pruned: never registered, never a parent.</remarks>
public sealed record Cascade(ImmutableArray<int> Stages, double Share = 0.5)
{
    internal JsonObject Settings => new() { ["stages"] = new JsonArray([.. Stages.Select(s => (JsonNode)s)]), ["share"] = Share };

    /// <summary>Refuses stages that do not fit.</summary>
    /// <param name="inputs">How many train inputs there are.</param>
    /// <exception cref="InputException">It says what is wrong.</exception>
    public void Check(int inputs)
    {
        if (Stages.IsDefaultOrEmpty || Stages[0] < 1 || Stages[^1] >= inputs || Stages.Zip(Stages.Skip(1)).Any(s => s.First >= s.Second))
        {
            throw new InputException($"The stages of a cascade have to ascend from 1 and end before the {inputs} train inputs.");
        }

        if (Share is not (> 0 and < 1))
        {
            throw new InputException("The share of programs that passes a stage has to lie between 0 and 1.");
        }
    }

    internal CascadeGates Open(int inputs)
    {
        Check(inputs);
        return new(this, inputs);
    }
}

/// <summary>The stages of one search: what came to each so far.</summary>
internal sealed class CascadeGates(Cascade cascade, int inputs)
{
    private const int Free = 20; // programs that pass a stage before a quantile means something

    private readonly List<double>[] _means = [.. cascade.Stages.Select(_ => new List<double>())]; // ascending

    public int EndOf(int stage) => stage < cascade.Stages.Length ? cascade.Stages[stage] : inputs;

    public bool Passes(int stage, double mean)
    {
        List<double> means = _means[stage];
        bool passes = means.Count < Free || mean >= means[(int)((1 - cascade.Share) * means.Count)];
        int place = means.BinarySearch(mean);
        means.Insert(place < 0 ? ~place : place, mean);
        return passes;
    }
}

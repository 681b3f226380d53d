using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Tests.Studies;

/// <summary>A function of numbers: minus the squared distance to (0.5, 0.5, ...), scale real. One item, and no test split unless asked for.</summary>
internal sealed class Sphere(int dimensions = 3, int test = 0) : Objective<ImmutableArray<double>>
{
    public override JsonObject Identity => new() { ["function"] = "sphere", ["dimensions"] = dimensions, ["test"] = test == 0 ? null : test };

    public override Scale Scale => Scale.Real;

    public override JsonTypeInfo<ImmutableArray<double>> Codec => NumbersJson.Default.ImmutableArrayDouble;

    public override OpenPart<ImmutableArray<double>> Open => new Box(dimensions);

    public override int Count(Split split) => split == Split.Test ? test : 1;

    public override string ItemHash(Split split, int item) => ContentHash.Of($"sphere {split} {item}");

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(_ => new Scored(-ask.Candidate.Value.Sum(x => (x - 0.5) * (x - 0.5))))]);
}

/// <summary>Numbers within [0, 1]; yours are all 0.</summary>
internal sealed class Box(int dimensions) : OpenPart<ImmutableArray<double>>
{
    public int Dimensions => dimensions;

    public override ImmutableArray<double> Yours => [.. Enumerable.Repeat(0.0, dimensions)];

    public override string Describe(ImmutableArray<double> value) => string.Join(' ', value.Select(x => x.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)));
}

/// <summary>Uniform draws, in batches.</summary>
internal sealed class RandomSearch(int draws, int batch = 4) : Optimizer<ImmutableArray<double>>
{
    public override JsonObject Settings => new() { ["use"] = "random", ["draws"] = draws, ["batch"] = batch };

    public override async Task SearchAsync(Search<ImmutableArray<double>> search, CancellationToken cancellationToken)
    {
        for (int done = 0; done < draws; done += batch)
        {
            Candidate<ImmutableArray<double>>[] candidates = [.. Enumerable.Range(done, Math.Min(batch, draws - done)).Select(i => Draw(search, i))];
            await search.EvaluateAsync([.. candidates.Select(c => search.WholeSplit(c, Split.Validation))], cancellationToken);
        }
    }

    private static Candidate<ImmutableArray<double>> Draw(Search<ImmutableArray<double>> search, int i)
    {
        Rng rng = search.Stream("draw", i);
        return search.Propose([.. Enumerable.Range(0, ((Box)search.Open).Dimensions).Select(_ => rng.NextDouble())], $"draw {i}");
    }
}

/// <summary>
/// Questions with one right threshold each, scale binary: item i is right where the candidate's first number is above its threshold.
/// Train, validation and test items of their own.
/// </summary>
internal sealed class Thresholds(int test = 60, Scale scale = Scale.Binary) : Objective<ImmutableArray<double>>
{
    public override JsonObject Identity => new() { ["function"] = "thresholds", ["test"] = test };

    public override Scale Scale => scale;

    public override string Noun => "questions";

    public override JsonTypeInfo<ImmutableArray<double>> Codec => NumbersJson.Default.ImmutableArrayDouble;

    public override OpenPart<ImmutableArray<double>> Open => new Box(1);

    public override int Count(Split split) => split switch { Split.Train => 10, Split.Validation => 20, _ => test };

    public override string ItemHash(Split split, int item) => ContentHash.Of($"thresholds {split} {item}");

    // As if somebody were asked about each item: so each evaluation is noted before it begins.
    public override Cost AtMost(Ask<ImmutableArray<double>> ask) => new() { Rollouts = ask.Items.Length, Calls = ask.Items.Length };

    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ImmutableArray<double>> ask, Replies replies, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(i =>
        {
            double threshold = new Rng(5, ask.Split.ToString(), i).NextDouble();
            return ask.Candidate.Value[0] >= threshold ? new Scored(1, "above") : new Scored(0, "below");
        })]);
}

[JsonSerializable(typeof(ImmutableArray<double>))]
internal sealed partial class NumbersJson : JsonSerializerContext;

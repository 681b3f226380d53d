using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Prompts;

/// <summary>A line y = w·x + b with whole w and b.</summary>
/// <param name="W">The slope.</param>
/// <param name="B">The intercept.</param>
public readonly record struct Line(int W, int B)
{
    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"w={W}, b={B}");
}

/// <summary>
/// OPRO's first mathematical problem: find the line under 50 noisy points from its losses alone. Yang et al. 2023, arXiv:2309.03409, section 3.1.
/// </summary>
/// <remarks>
/// x = 1, ..., 50, y = w*·x + b* + N(0, 1); the loss z is the sum of squared residuals, and the score is −z, on the scale real. The function is the one item,
/// so a verdict is over seeds alone. It is a test of plumbing: z is a quadratic of (w, b), so six values determine it, and <see cref="QuadraticFit"/> needs two steps.
/// </remarks>
public sealed class LinearRegression : Objective<Line>
{
    private const int Points = 50;

    private readonly double[] _y = new double[Points];
    private readonly long _seed;

    /// <summary>A problem with a known truth.</summary>
    /// <param name="truth">w* and b*. With this noise no other pair of whole numbers has a lower loss in 99.95 % of draws.</param>
    /// <param name="seed">The noise comes from it.</param>
    public LinearRegression(Line truth, long seed)
    {
        (Truth, _seed) = (truth, seed);
        Rng noise = new(seed, "linear-regression/noise");
        for (int i = 0; i < Points; i++)
        {
            _y[i] = (truth.W * (i + 1)) + truth.B + noise.NextGaussian();
        }

        Open = new LinePart(this);
    }

    /// <summary>w* and b*: a search ends when it has evaluated them, and sees them nowhere else.</summary>
    public Line Truth { get; }

    /// <inheritdoc />
    public override JsonObject Identity => new()
    {
        ["problem"] = "linear-regression",
        ["w"] = Truth.W,
        ["b"] = Truth.B,
        ["seed"] = _seed,
    };

    /// <inheritdoc />
    public override Scale Scale => Scale.Real;

    /// <inheritdoc />
    public override JsonTypeInfo<Line> Codec => MathematicsJson.Default.Line;

    /// <inheritdoc />
    public override OpenPart<Line> Open { get; }

    /// <inheritdoc />
    public override int Count(Split split) => split == Split.Train ? 1 : 0;

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => ContentHash.Of(Identity.ToJsonString());

    /// <summary>z: the sum of squared residuals.</summary>
    public double Loss(Line line)
    {
        double loss = 0;
        for (int i = 0; i < Points; i++)
        {
            double residual = (line.W * (i + 1.0)) + line.B - _y[i];
            loss += residual * residual;
        }

        return loss;
    }

    /// <inheritdoc />
    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<Line> ask, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        double score = -Loss(ask.Candidate.Value);
        return Task.FromResult<ImmutableArray<Outcome>>([.. ask.Items.Select(_ => new Scored(score))]);
    }
}

/// <summary>The open part of <see cref="LinearRegression"/>: a line. Yours is the middle of the box in which all searches start.</summary>
/// <param name="problem">The problem.</param>
public sealed class LinePart(LinearRegression problem) : OpenPart<Line>
{
    private const int Starts = 5, From = 10, To = 20; // w, b ~ U[10, 20], section 3.1

    /// <summary>The problem.</summary>
    public LinearRegression Problem => problem;

    /// <inheritdoc />
    public override Line Yours => new(15, 15);

    /// <inheritdoc />
    public override string Noun => "line";

    /// <inheritdoc />
    /// <remarks>For OPRO: a local search and draws from the box, at as many lines, and the quadratic fit.</remarks>
    public override IReadOnlyList<Arm<Line>> Controls(Arm<Line> search)
    {
        ArgumentNullException.ThrowIfNull(search);
        return search.Optimizer is not LinearRegressionOpro opro ? [Arm<Line>.OfYours()] :
        [
            Arm<Line>.OfYours(),
            new("local search", ArmRole.Control, new LineLocalSearch { Steps = opro.Steps, PerStep = opro.PerStep }, search.Budget),
            new("draws from the box", ArmRole.Control, new LineDraws { Steps = opro.Steps, PerStep = opro.PerStep }, search.Budget),
            new("quadratic fit", ArmRole.Control, new QuadraticFit(), search.Budget),
        ];
    }

    /// <summary>One of the box's 121 pairs.</summary>
    internal static Line Draw(Rng rng) => new(From + rng.Next(To - From + 1), From + rng.Next(To - From + 1));

    /// <summary>The open part that a search of lines works on.</summary>
    internal static LinePart Of(Search<Line> search) =>
        search.Open as LinePart ?? throw new ArgumentException("This optimizer searches lines: the objective must be a LinearRegression.", nameof(search));

    /// <summary>Evaluates five lines with w and b uniform in [10, 20], rounded, duplicates left out.</summary>
    internal static Task<ImmutableArray<Block<Line>>> StartAsync(Search<Line> search, CancellationToken cancellationToken)
    {
        Rng rng = search.Stream("starts");
        IEnumerable<Line> starts = Enumerable.Range(0, Starts).Select(_ => new Line(Coordinate(rng), Coordinate(rng))).Distinct();
        return EvaluateAsync(search, starts, "start", cancellationToken);
    }

    /// <summary>Evaluates lines as one step.</summary>
    internal static Task<ImmutableArray<Block<Line>>> EvaluateAsync(Search<Line> search, IEnumerable<Line> lines, string origin, CancellationToken cancellationToken) =>
        search.EvaluateAsync([.. lines.Select(l => search.WholeSplit(search.Propose(l, origin), Split.Train))], cancellationToken);

    private static int Coordinate(Rng rng) => (int)Math.Round(From + ((To - From) * rng.NextDouble()));
}

/// <summary>How lines and tours are written in the journal.</summary>
[JsonSerializable(typeof(Line))]
[JsonSerializable(typeof(ImmutableArray<int>))]
internal sealed partial class MathematicsJson : JsonSerializerContext;

using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>
/// OPRO on <see cref="LinearRegression"/>: the model reads pairs of numbers with the value of a function that it is not told, and writes a better pair.
/// Yang et al. 2023, "Large Language Models as Optimizers", arXiv:2309.03409, section 3.1.
/// </summary>
/// <remarks>
/// As in the paper: the K pairs with the lowest values, best last, all numbers cut to whole ones; k independent calls; the last bracket of a reply counts;
/// the end when the true pair was evaluated. The function is withheld: a model that is shown it solves it at once. Differs: a pair is never evaluated
/// twice; the meta-prompt's wording is ours. Search control: <see cref="LineLocalSearch"/>, the same loop with blind steps.
/// </remarks>
/// <param name="proposer">Who writes pairs.</param>
public sealed partial class LinearRegressionOpro(Proposer proposer) : Optimizer<Line>
{
    /// <summary>T: the most steps. Default 500.</summary>
    public int Steps { get; init => field = AtLeastOne(value); } = 500;

    /// <summary>k: proposals a step. Default 8.</summary>
    public int PerStep { get; init => field = AtLeastOne(value); } = 8;

    /// <summary>K: pairs shown. Default 20.</summary>
    public int Shown { get; init => field = AtLeastOne(value); } = 20;

    /// <summary>The proposer's temperature. Default 1.</summary>
    public float Temperature
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Temperature));
            field = value;
        }
    } = 1;

    /// <summary>The longest reply, in tokens. Default 1,024: a model may think before its bracket.</summary>
    public int MaxTokens { get; init => field = AtLeastOne(value); } = 1024;

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "opro-linear-regression",
        ["proposer"] = proposer.Identity,
        ["steps"] = Steps,
        ["perStep"] = PerStep,
        ["shown"] = Shown,
        ["temperature"] = Temperature,
        ["maxTokens"] = MaxTokens,
    };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<Line> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        Line truth = LinePart.Of(search).Problem.Truth;
        List<(Line Line, double Value)> history = [];
        HashSet<Line> seen = [];
        Add(await LinePart.StartAsync(search, cancellationToken).ConfigureAwait(false));

        for (int t = 0; t < Steps && !seen.Contains(truth); t++)
        {
            ProposerRequest request = new(MetaPrompt([.. history.OrderBy(h => h.Value).Take(Shown).Reverse()]), Temperature, 1, MaxTokens);
            ImmutableArray<ProposerReply> replies = await search.CallAsync(
                proposer.Calls(request, Enumerable.Range(t * PerStep, PerStep), sample => search.Stream("proposal", sample).Next(int.MaxValue)),
                Proposer.Codec,
                cancellationToken).ConfigureAwait(false);
            IEnumerable<Line> fresh = replies.Select(r => Parse(r.Text)).OfType<Line>().Distinct().Where(l => !seen.Contains(l));
            Add(await LinePart.EvaluateAsync(search, [.. fresh], string.Create(CultureInfo.InvariantCulture, $"step {t + 1}"), cancellationToken).ConfigureAwait(false));
        }

        void Add(ImmutableArray<Block<Line>> blocks)
        {
            foreach (Block<Line> block in blocks)
            {
                history.Add((block.Ask.Candidate.Value, -block.Mean!.Value));
                seen.Add(block.Ask.Candidate.Value);
            }
        }
    }

    /// <summary>The meta-prompt of one step.</summary>
    /// <param name="shown">Pairs and values, the lowest value last.</param>
    internal static string MetaPrompt(IReadOnlyList<(Line Line, double Value)> shown)
    {
        StringBuilder text = new("We look for two whole numbers, w and b, at which an unknown function is as small as possible. "
            + "Known so far are the following pairs with the function's value. They stand in descending order of the value, the best last; lower is better.\n");
        foreach ((Line line, double value) in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\ninput:\n{line}\nvalue:\n{Math.Truncate(value):0}\n");
        }

        return text.Append("\nName one new pair, unlike every one above, whose value should be lower than all of theirs. Write no code. End your answer with the pair in square brackets, as in [w, b].").ToString();
    }

    /// <summary>The pair in the last bracket of a reply that holds two numbers, rounded to whole ones; none where there is none.</summary>
    /// <remarks>"[w, b]" itself, repeated from the request, is no pair; "[w=3, b=-4.6]" is.</remarks>
    internal static Line? Parse(string reply)
    {
        Match? last = Pair().Matches(reply).LastOrDefault();
        return last is not null && Number(last.Groups[1].Value) is { } w && Number(last.Groups[2].Value) is { } b ? new Line(w, b) : null;

        static int? Number(string text)
        {
            double number = Math.Round(double.Parse(text, CultureInfo.InvariantCulture));
            return Math.Abs(number) <= 1_000_000 ? (int)number : null; // beyond it the loss loses its digits
        }
    }

    [GeneratedRegex(@"\[\s*(?:w\s*=\s*)?(-?\d+(?:\.\d+)?)\s*,\s*(?:b\s*=\s*)?(-?\d+(?:\.\d+)?)\s*\]", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();

    private static int AtLeastOne(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}

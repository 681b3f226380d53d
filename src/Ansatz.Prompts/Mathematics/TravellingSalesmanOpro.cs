using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Ansatz.Language;

namespace Ansatz.Prompts;

/// <summary>
/// OPRO on <see cref="TravellingSalesman"/>: the model reads the map and the shortest tours so far, and writes a shorter one.
/// Yang et al. 2023, "Large Language Models as Optimizers", arXiv:2309.03409, section 3.2.
/// </summary>
/// <remarks>
/// As in the paper: five random starts; the longest tour shown first; a reply counts if it holds every city once, city 0 first. Differs: k calls a step and no
/// more (the reference code waits for eight valid tours, which a weak model never gives); ends at an optimum that is known; no tour is evaluated twice; the
/// meta-prompt's wording is ours. Search control: <see cref="TourEvolution"/>, the same loop with blind turns.
/// </remarks>
/// <param name="proposer">Who writes tours.</param>
public sealed class TravellingSalesmanOpro(Proposer proposer) : Optimizer<ImmutableArray<int>>
{
    private const string Start = "<trace>", End = "</trace>";

    /// <summary>T: the most steps. Default 500.</summary>
    public int Steps { get; init => field = AtLeastOne(value); } = 500;

    /// <summary>k: proposals a step. Default 8.</summary>
    public int PerStep { get; init => field = AtLeastOne(value); } = 8;

    /// <summary>K: tours shown. Default 10, as in the released code.</summary>
    public int Shown { get; init => field = AtLeastOne(value); } = 10;

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

    /// <summary>The longest reply, in tokens. Default 1,024.</summary>
    public int MaxTokens { get; init => field = AtLeastOne(value); } = 1024;

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "opro-travelling-salesman",
        ["proposer"] = proposer.Identity,
        ["steps"] = Steps,
        ["perStep"] = PerStep,
        ["shown"] = Shown,
        ["temperature"] = Temperature,
        ["maxTokens"] = MaxTokens,
    };

    /// <inheritdoc />
    public override async Task SearchAsync(Search<ImmutableArray<int>> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        TourPart part = TourPart.Of(search);
        List<(ImmutableArray<int> Tour, double Length)> history = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        Rng starts = search.Stream("starts");
        await AddAsync(Enumerable.Range(0, TourDraws.Starts).Select(_ => part.Draw(starts)), "start").ConfigureAwait(false);

        for (int t = 0; t < Steps && !part.IsOptimal(history.Min(h => h.Length)); t++)
        {
            ProposerRequest request = new(MetaPrompt(part.Problem, [.. history.OrderBy(h => h.Length).Take(Shown).Reverse()]), Temperature, 1, MaxTokens);
            ImmutableArray<ProposerReply> replies = await search.CallAsync(
                proposer.Calls(request, Enumerable.Range(t * PerStep, PerStep), sample => search.Stream("proposal", sample).Next(int.MaxValue)),
                Proposer.Codec,
                cancellationToken).ConfigureAwait(false);
            await AddAsync(
                replies.Select(r => Parse(part.Problem, r.Text)).OfType<ImmutableArray<int>>(),
                string.Create(CultureInfo.InvariantCulture, $"step {t + 1}")).ConfigureAwait(false);
        }

        async Task AddAsync(IEnumerable<ImmutableArray<int>> tours, string origin)
        {
            ImmutableArray<int>[] fresh = [.. tours.Where(t => seen.Add(Numbers(t)))];
            foreach (Block<ImmutableArray<int>> block in await TourPart.EvaluateAsync(search, fresh, origin, cancellationToken).ConfigureAwait(false))
            {
                history.Add((block.Ask.Candidate.Value, -block.Mean!.Value));
            }
        }
    }

    /// <summary>The meta-prompt of one step.</summary>
    /// <param name="problem">The map.</param>
    /// <param name="shown">Tours and lengths, the shortest last.</param>
    internal static string MetaPrompt(TravellingSalesman problem, IReadOnlyList<(ImmutableArray<int> Tour, double Length)> shown)
    {
        StringBuilder text = new("Here is a list of points, each with its number and its coordinates:");
        for (int i = 0; i < problem.Cities.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({i}): ({problem.Cities[i].X}, {problem.Cities[i].Y})");
        }

        text.Append("\n\nSome round trips through all points follow, each with its length, the longest first. Lower is better.\n");
        foreach ((ImmutableArray<int> tour, double length) in shown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Start} {Numbers(tour)} {End}\nlength:\n{Math.Truncate(length):0}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"\nName one new round trip, unlike every one above, that should be shorter than all of them. It begins with point 0 and visits every point once. Put it between {Start} and {End}, the numbers separated by commas.").ToString();
    }

    /// <summary>The tour between the tags of a reply; none where there is none, or it is no tour.</summary>
    internal static ImmutableArray<int>? Parse(TravellingSalesman problem, string reply)
    {
        int start = reply.IndexOf(Start, StringComparison.Ordinal);
        int end = start < 0 ? -1 : reply.IndexOf(End, start, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        List<int> order = [];
        foreach (string number in reply[(start + Start.Length)..end].Split(','))
        {
            if (!int.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int city))
            {
                return null;
            }

            order.Add(city);
        }

        return problem.IsTour([.. order]) ? [.. order] : null;
    }

    private static string Numbers(ImmutableArray<int> tour) => string.Join(',', tour);

    private static int AtLeastOne(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}

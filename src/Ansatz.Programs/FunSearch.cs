using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ansatz.Programs;

/// <summary>
/// Searches programs by showing a proposer two good ones, worse first, and asking for a better.
/// Romera-Paredes et al. 2023, "Mathematical discoveries from program search with large language models" (FunSearch), Nature 625, doi:10.1038/s41586-023-06924-6.
/// </summary>
/// <remarks>
/// <para>
/// Each ask: the <see cref="ProgramDatabase"/> draws an island and programs of it; the proposer writes a program; it is scored on all train inputs; where it has a score on every one it goes back to the island.
/// </para>
/// <para>
/// Differs from the paper: the proposer may be a grammar; a program is scored once, whatever its variables are called (<see cref="SeenPrograms"/>); a program that fails on one input is not registered; scoring in stages of ever
/// more inputs; by default islands are not reset, but end, and cool to the end, and programs are drawn by their scores on single inputs as well as by their mean (<see cref="DatabaseSettings.For"/>, <see cref="DatabaseSettings.LexicasePool"/>); a grammar begins with random programs (<see cref="GrammarMutator.Founders"/>); what wins is chosen on the validation inputs among the best on train, and judged on others. Asks are made <see cref="Window"/> at a time, so that one worker or many make the same search.
/// </para>
/// <para>Search controls: <see cref="RandomPrograms"/> and <see cref="HillClimber"/>, with the same proposer and as many evaluations. A pruned trial is one that a stage has dropped.</para>
/// </remarks>
/// <param name="proposers">Who writes programs: a grammar, a model; of several, by a bandit, whoever improves programs more for less.</param>
public sealed class FunSearch(params ImmutableArray<ProgramProposer> proposers) : Optimizer<ProgramSource>
{
    /// <summary>Who writes programs.</summary>
    public ImmutableArray<ProgramProposer> Proposers => proposers;

    /// <summary>How many programs are proposed. Default 8,000.</summary>
    public int Evaluations { get; init => field = Positive(value); } = 8_000;

    /// <summary>W: how many are asked for at once; ask n has seen the answers up to n − W at least. 1 is sequential. Default 4.</summary>
    public int Window { get; init => field = Positive(value); } = 4;

    /// <summary>Islands, clusters, temperatures; <see langword="null"/>: by the number of evaluations (<see cref="DatabaseSettings.For"/>).</summary>
    public DatabaseSettings? Database { get; init; }

    /// <summary>How many programs are proposed for one draw of parents: 1 for a grammar, 4 in the paper. Default 1.</summary>
    public int SamplesPerPrompt { get; init => field = Positive(value); } = 1;

    /// <summary>How many programs, the best on train so far, go to all validation inputs. Default 10.</summary>
    public int Finalists { get; init => field = Positive(value); } = 10;

    /// <summary>Stages before all train inputs, and who passes them; <see langword="null"/>: none.</summary>
    public Cascade? Cascade { get; init; }

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "funsearch",
        ["proposers"] = ProposerSettings,
        ["evaluations"] = Evaluations,
        ["window"] = Window,
        ["database"] = Resolved.Settings,
        ["samplesPerPrompt"] = SamplesPerPrompt,
        ["finalists"] = Finalists,
        ["cascade"] = Cascade?.Settings,
    };

    internal JsonArray ProposerSettings => [.. proposers.Select(p => p.Settings)];

    internal ScoreReduction Reduction => Resolved.Reduction;

    internal double Reduce(ImmutableArray<double> scores) => Resolved.Reduce(scores);

    private DatabaseSettings Resolved => Database ?? DatabaseSettings.For(Evaluations);

    /// <inheritdoc />
    public override async Task SearchAsync(Search<ProgramSource> search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        ProgramPart part = ProgramPart.Of(search);
        DatabaseSettings settings = Resolved;
        ProgramDatabase database = new(settings);
        Evaluator evaluator = new(search, this);
        ProposerMix mix = new(proposers);
        SeenPrograms seen = new();
        RecentFailures failures = new();

        // the seed program goes to all islands
        Candidate<ProgramSource> start = search.Propose(part.Yours, "yours");
        seen.Add(part.Read(part.Yours));
        ImmutableArray<double> startScores = (await evaluator.ScoreAsync([start], cancellationToken).ConfigureAwait(false))[0].Scores
            ?? throw new InputException("The start program was rejected, so there is nothing to improve on.");
        database.Begin(new(start.Id, start.Value, startScores));

        ShownPrograms? shown = null;
        for (int n = 0; n < Evaluations && !search.HasStalled;)
        {
            // ask
            List<(int Number, ShownPrograms Shown, ProposalRequest Request)> asks = [];
            for (; asks.Count < Window && n < Evaluations; n++)
            {
                if (n > 0 && n % settings.HalveEvery == 0)
                {
                    database.Halve();
                    shown = null;
                }

                shown = n % SamplesPerPrompt == 0 || shown is null ? database.Draw(search.Stream("draw", n / SamplesPerPrompt)) : shown;
                asks.Add((n, shown, new(n, Evaluations, [.. shown.Programs.Select(p => p.Source)], shown.Base, failures.All, seen)));
            }

            ImmutableArray<Proposal?> proposals = await mix.ProposeAsync(search, [.. asks.Select(a => a.Request)], cancellationToken).ConfigureAwait(false);

            // score what is new
            (int Number, int Island, RegisteredProgram Parent, Candidate<ProgramSource> Child)[] children =
            [
                .. asks.Zip(proposals, (a, p) => (a.Number, a.Shown, Proposal: p))
                    .Where(p => p.Proposal is not null)
                    .Select(p => (
                        p.Number,
                        p.Shown.Island,
                        p.Shown.Programs[p.Proposal!.From.IsEmpty ? ^1 : p.Proposal.From.Max()], // the better one
                        search.Propose(p.Proposal.Program, p.Proposal.Origin, [.. p.Proposal.From.Select(i => p.Shown.Programs[i].Id).Distinct()]))),
            ];
            ImmutableArray<Evaluated> scored = await evaluator.ScoreAsync([.. children.Select(c => c.Child)], cancellationToken).ConfigureAwait(false);

            // register, in the order of the asks
            foreach (((int number, int island, RegisteredProgram parent, Candidate<ProgramSource> child), Evaluated result) in children.Zip(scored))
            {
                failures.Add(child.Value, result);
                if (result.Scores is { } scores)
                {
                    mix.Reward(number, database.Register(new(child.Id, child.Value, scores), island, search.Stream("register", number), parent));
                }
            }

            database.LetEndedGo();
        }
    }

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ansatz.Programs.Grammar;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>
/// Writes programs without a model: typed genetic programming on the sandbox's subset of C#. Koza 1992, "Genetic Programming"; Montana 1995, "Strongly Typed Genetic Programming".
/// </summary>
/// <remarks>
/// It knows a signature, and which numbers the hole is called with, and nothing of any task: from types it writes expressions, locals, loops over arrays and early returns, and three in ten of the numbers that it compares something with are such as the scorer asks with. A child is one of the two programs it is shown (<see cref="ShownPrograms.Base"/>) after one operator, drawn by its share;
/// the other is what crossover takes from. The first programs of a search, and those without parents, are random ones. A child that does not compile, is too large, or means what the search has seen already, is thrown away before it costs an evaluation, and
/// another is made, up to <see cref="Tries"/> times. Every child is simplified, so that what is found can be read.
/// </remarks>
public sealed class GrammarMutator : ProgramProposer
{
    private const int Growth = 10;

    /// <summary>Share of crossover, relative to the others; where there is one parent alone, it falls to <see cref="Subtree"/>. Default 0.35.</summary>
    public double Crossover { get; init => field = Share(value); } = 0.35;

    /// <summary>Share of new subtrees and statements. Default 0.25.</summary>
    public double Subtree { get; init => field = Share(value); } = 0.25;

    /// <summary>Share of moved constants. Default 0.25.</summary>
    public double Constants { get; init => field = Share(value); } = 0.25;

    /// <summary>Share of changes at one node. Default 0.08.</summary>
    public double Point { get; init => field = Share(value); } = 0.08;

    /// <summary>Share of shrinking to a part. Default 0.07.</summary>
    public double Hoist { get; init => field = Share(value); } = 0.07;

    /// <summary>Share of programs that are made from nothing. Default 0.15.</summary>
    public double Fresh { get; init => field = Share(value); } = 0.15;

    /// <summary>Share of a search's proposals, the first ones, that are all made from nothing: what a start program leads to at once may be where nothing leads on from. Default 0.125.</summary>
    public double Founders
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(Founders));
            field = Share(value);
        }
    } = 0.125;

    /// <summary>Most nodes of a program, or ten more than the start program has where that is more. Default 60.</summary>
    public int MaxSize { get; init => field = Positive(value); } = 60;

    /// <summary>How often a child that is no use is made again. Default 20.</summary>
    public int Tries { get; init => field = Positive(value); } = 20;

    /// <inheritdoc />
    public override JsonObject Settings => new()
    {
        ["use"] = "grammar",
        ["crossover"] = Crossover,
        ["subtree"] = Subtree,
        ["constants"] = Constants,
        ["point"] = Point,
        ["hoist"] = Hoist,
        ["fresh"] = Fresh,
        ["founders"] = Founders,
        ["thresholds"] = ProgramGrammar.Thresholds,
        ["maxSize"] = MaxSize,
        ["tries"] = Tries,
    };

    /// <inheritdoc />
    public override Task<ImmutableArray<Proposal?>> ProposeAsync(
        Search<ProgramSource> search, IReadOnlyList<ProposalRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(requests);
        ProgramPart part = ProgramPart.Of(search);
        ProgramGrammar grammar = new(part.Signature, part.Asked);
        Mutations mutations = new(grammar);
        int start = part.Read(part.Yours).Size;
        return Task.FromResult<ImmutableArray<Proposal?>>([.. requests.Select(Propose)]);

        Proposal? Propose(ProposalRequest request)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Rng rng = search.Stream("propose", request.Number);
            (int Index, HoleSyntax? Tree)[] read = [.. request.Parents.Select((p, i) => (i, part.TryRead(p)))]; // what a model wrote outside of the grammar has no tree
            (int Index, HoleSyntax? Tree)[] known = [.. read.Where(p => p.Tree is not null).OrderBy(p => p.Index == request.Base)]; // what is changed is the last
            HoleSyntax[] parents = [.. known.Select(p => p.Tree!)];
            int largest = parents.Length == 0 ? MaxSize : Math.Max(Math.Max(MaxSize, start + Growth), parents[^1].Size); // a long start program may grow too, and what is longer may be changed
            bool isFounder = request.Number < Founders * request.Of;
            for (int attempt = 0; attempt < Tries; attempt++)
            {
                (HoleSyntax? child, string origin, int from) = parents.Length == 0 || isFounder ? Random(rng) : Mutate(parents, rng);
                if (child is null || child.Size > 4 * largest)
                {
                    continue;
                }

                child = part.Simplify(child);
                if (child is not null && child.Size <= largest && request.Seen.Add(child))
                {
                    return new(part.Write(child), origin, from switch { 0 => [], 1 => [known[^1].Index], _ => [known[0].Index, known[^1].Index] });
                }
            }

            return null;
        }

        // A child, how it came about, and how many parents it took from.
        (HoleSyntax? Child, string Origin, int From) Mutate(HoleSyntax[] parents, Rng rng)
        {
            HoleSyntax changed = parents[^1];
            double at = rng.NextDouble() * (Crossover + Subtree + Constants + Point + Hoist + Fresh);
            return (at -= Crossover) < 0 && parents[0] != changed ? (mutations.Crossover(changed, parents[0], rng), "crossover", 2)
                : (at -= Subtree) < 0 ? (mutations.Subtree(changed, rng), "subtree", 1)
                : (at -= Constants) < 0 ? (Mutations.Constants(changed, rng), "constants", 1)
                : (at -= Point) < 0 ? (mutations.Point(changed, rng), "point", 1)
                : (at -= Hoist) < 0 ? (Mutations.Hoist(changed, rng), "hoist", 1)
                : Random(rng);
        }

        (HoleSyntax? Child, string Origin, int From) Random(Rng rng) => (grammar.Program(part.Parameters, rng), "random program", 0);
    }

    private static double Share(double value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        return value;
    }

    private static int Positive(int value, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}

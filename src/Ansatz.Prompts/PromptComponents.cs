using System.Collections.Immutable;

namespace Ansatz.Prompts;

/// <summary>An open part that is made of named prompts: a single one, the steps of a pipeline, the nodes of a graph. What searches over several prompts work on.</summary>
/// <typeparam name="T">One filling of all of them.</typeparam>
/// <remarks>Immutable and thread-safe. Only what <see cref="SlotsOf"/> leaves open may differ from the user's own filling.</remarks>
public abstract class PromptComponents<T> : OpenPart<T>
{
    /// <summary>The names of the components, in the order in which they run.</summary>
    public abstract ImmutableArray<string> Components { get; }

    /// <summary>What a component leaves open; every slot closed where it is the user's alone.</summary>
    public abstract OpenSlots SlotsOf(string component);

    /// <summary>The prompt of one component.</summary>
    public abstract Prompt Get(T value, string component);

    /// <summary>The same filling with another prompt in one component.</summary>
    public abstract T With(T value, string component, Prompt prompt);

    /// <summary>The training items that may be scored under a filling, in order: those that no component contains.</summary>
    public abstract ImmutableArray<int> Scorable(T value);

    /// <summary>Why an instruction gives away items, in a sentence; none if it does not.</summary>
    public abstract string? Leak(string instruction);

    /// <summary>What a component read and wrote when a filling was run on a training item, for a proposer to learn from.</summary>
    /// <param name="value">The filling.</param>
    /// <param name="component">The component.</param>
    /// <param name="item">Index of the training item. No other split may be traced, since its texts may not reach a proposer.</param>
    /// <param name="outcome">What that rollout gave.</param>
    public abstract ComponentTrace TraceOf(T value, string component, int item, Outcome outcome);

    /// <summary>Whether it is more than the user's own, the same without an instruction, and what simplifying made of it.</summary>
    public override bool IsNew(Candidate<T> candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return !Simplification.IsOrigin(candidate.Origin) && Components.Any(c =>
        {
            (Prompt its, Prompt yours) = (Get(candidate.Value, c), Get(Yours, c));
            return !its.Demonstrations.SequenceEqual(yours.Demonstrations) || !its.Labels.SequenceEqual(yours.Labels) || (its.Instruction.Length > 0 && its.Instruction != yours.Instruction);
        });
    }

    /// <summary>One component as an open part of its own, the others held as they are in <paramref name="held"/>.</summary>
    /// <param name="held">The filling.</param>
    /// <param name="component">The component.</param>
    /// <param name="outcomes">What <paramref name="held"/> gave on the training items, by item: what the component reads of earlier ones. Null where it was not run.</param>
    public abstract PromptPart PartOf(T held, string component, IReadOnlyList<Outcome?> outcomes);
}

/// <summary>What one component did in one rollout.</summary>
/// <param name="Input">What it read beside its instruction and demonstrations.</param>
/// <param name="Output">What it wrote; for the last component, as the scorer understood it.</param>
/// <param name="RightAnswer">What the whole system should have answered.</param>
public sealed record ComponentTrace(string Input, string Output, string RightAnswer);

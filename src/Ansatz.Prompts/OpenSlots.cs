using System.Collections.Immutable;

namespace Ansatz.Prompts;

/// <summary>Which slots of a prompt a search may fill. A slot that is <see langword="null"/> is closed: it stays as it is in the user's own prompt.</summary>
public sealed record OpenSlots
{
    /// <summary>The instruction.</summary>
    public InstructionSlot? Instruction { get; init; }

    /// <summary>The demonstrations.</summary>
    public DemonstrationSlot? Demonstrations { get; init; }

    /// <summary>What the labels are called.</summary>
    public LabelSlot? Labels { get; init; }

    /// <summary>Whether every slot is closed.</summary>
    public bool IsClosed => this is { Instruction: null, Demonstrations: null, Labels: null };
}

/// <summary>An open instruction. An optimizer with a proposer writes it; one without chooses from the options, the user's own, and none at all.</summary>
public sealed record InstructionSlot
{
    /// <summary>Instructions that the user offers besides the own one.</summary>
    public ImmutableArray<string> Options { get; init; } = [];
}

/// <summary>Open demonstrations, chosen from the training items.</summary>
public sealed record DemonstrationSlot
{
    /// <summary>How many are drawn. A simplification may leave fewer.</summary>
    public int UpTo
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(UpTo));
            field = value;
        }
    } = 8;

    /// <summary>Whether every label gets its share, within one: a list of demonstrations that all say "praise" teaches to say "praise".</summary>
    public bool Balanced { get; init; } = true;
}

/// <summary>Open names for the labels.</summary>
public sealed record LabelSlot
{
    /// <summary>The wordings to choose from, by label. A label without an entry keeps its wording.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Wordings { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);
}

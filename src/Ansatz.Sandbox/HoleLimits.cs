namespace Ansatz.Sandbox;

/// <summary>What a candidate may be and may use. All of it is counted, none of it timed, so that a machine's speed decides nothing.</summary>
public sealed record HoleLimits
{
    /// <summary>The limits where nobody says others.</summary>
    public static HoleLimits Usual { get; } = new();

    /// <summary>
    /// What a run may spend. A call of a function costs the nodes of its tree outside loops, both arms of an if included; a turn of a loop costs the nodes of its
    /// body outside inner loops, before it begins; an array costs one more for eight elements, and 16 and one for eight when it is copied out as a result or within one; a function of <see cref="Math"/> that WebAssembly lacks costs 20;
    /// an offered helper what it says. A nanosecond or two each, about five inside Math.
    /// </summary>
    public long Fuel { get; init => field = Positive(value, nameof(Fuel)); } = 100_000_000;

    /// <summary>
    /// Bytes for the arrays of one call, arguments and result included; an array takes 8 bytes beside its elements and is never freed before the call ends.
    /// At most 1 GiB.
    /// </summary>
    public int MemoryBytes
    {
        get;
        init
        {
            Positive(value, nameof(MemoryBytes));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 30, nameof(MemoryBytes));
            field = value;
        }
    } = 64 << 20;

    /// <summary>How deep calls may nest. A function of more than 64 nodes counts once more for every 64.</summary>
    public int Depth
    {
        get;
        init
        {
            Positive(value, nameof(Depth));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 500, nameof(Depth)); // what half a megabyte of stack holds, see HoleProgram
            field = value;
        }
    } = 500;

    /// <summary>Characters of source.</summary>
    public int SourceCharacters { get; init => field = (int)Positive(value, nameof(SourceCharacters)); } = 8 * 1024;

    /// <summary>Tokens of source.</summary>
    public int Tokens { get; init => field = (int)Positive(value, nameof(Tokens)); } = 2_000;

    /// <summary>How deep brackets of all kinds may nest: counted before anything parses them.</summary>
    public int Nesting { get; init => field = (int)Positive(value, nameof(Nesting)); } = 40;

    /// <summary>Functions in the source, the hole itself included.</summary>
    public int Functions { get; init => field = (int)Positive(value, nameof(Functions)); } = 9;

    internal static long FuelOfCopy(int count) => 16 + (count >> 3);

    private static long Positive(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}

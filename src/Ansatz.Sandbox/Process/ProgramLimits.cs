namespace Ansatz.Sandbox;

/// <summary>What a whole program may be and may use.</summary>
public sealed record ProgramLimits
{
    /// <summary>CPU time of a run, over all its inputs.</summary>
    public TimeSpan CpuTime { get; init => field = Positive(value, nameof(CpuTime)); } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time on the clock of a run, over all its inputs. It is a guard against what neither computes nor ends; a machine that is merely busy must not reach it.
    /// Ten times <see cref="CpuTime"/>, and at least ten seconds, unless told otherwise.
    /// </summary>
    public TimeSpan WallTime { get => field > TimeSpan.Zero ? field : TimeSpan.FromSeconds(Math.Max(10, 10 * CpuTime.TotalSeconds)); init => field = Positive(value, nameof(WallTime)); }

    /// <summary>Bytes for the program's objects; from 16 MiB to 16 GiB.</summary>
    public long MemoryBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 16L << 20, nameof(MemoryBytes));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 16L << 30, nameof(MemoryBytes));
            field = value;
        }
    } = 128 << 20;

    /// <summary>Bytes of an answer, in UTF-8.</summary>
    public int AnswerBytes { get; init => field = Positive(value, nameof(AnswerBytes)); } = 1 << 20;

    /// <summary>Characters of source.</summary>
    public int SourceCharacters { get; init => field = Positive(value, nameof(SourceCharacters)); } = 64 * 1024;

    /// <summary>CPU time that the compiler may take for a source.</summary>
    public TimeSpan CompileTime { get; init => field = Positive(value, nameof(CompileTime)); } = TimeSpan.FromSeconds(5);

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }

    private static int Positive(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}

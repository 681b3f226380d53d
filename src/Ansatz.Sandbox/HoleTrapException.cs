namespace Ansatz.Sandbox;

/// <summary>A candidate's call ended without a result. It is the candidate's failure: an outcome, not a fault of the world.</summary>
/// <param name="trap">Why.</param>
/// <param name="innerException">What an offered helper threw.</param>
public sealed class HoleTrapException(HoleTrap trap, Exception? innerException = null) : Exception(Describe(trap, innerException), innerException)
{
    /// <summary>Why.</summary>
    public HoleTrap Trap { get; } = trap;

    internal static void ThrowUnless(bool condition, HoleTrap otherwise)
    {
        if (!condition)
        {
            throw new HoleTrapException(otherwise);
        }
    }

    private static string Describe(HoleTrap trap, Exception? inner) => trap switch
    {
        HoleTrap.Fuel => "The candidate has spent its fuel: an endless loop, or too much work for the inputs.",
        HoleTrap.Memory => "The candidate's arrays need more memory than it may use.",
        HoleTrap.Depth => "The candidate's calls nest too deep.",
        HoleTrap.Index => "The candidate used an index outside an array.",
        HoleTrap.Null => "The candidate used an array inside an array before setting it.",
        HoleTrap.DivisionByZero => "The candidate divided a whole number by zero.",
        HoleTrap.Overflow => "The candidate divided the least whole number by -1, or took its absolute value.",
        HoleTrap.NegativeLength => "The candidate made an array of less than no elements.",
        HoleTrap.Argument => "The candidate called Math.Clamp with bounds in the wrong order, or Math.Sign of NaN.",
        HoleTrap.Helper => $"The candidate called an offered helper with arguments that it does not take: {inner?.Message}",
        _ => throw new ArgumentOutOfRangeException(nameof(trap)),
    };
}

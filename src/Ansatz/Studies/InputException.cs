namespace Ansatz;

/// <summary>Wrong use or wrong input, found before anything was spent or lost. The message is written for the person who made the mistake.</summary>
/// <param name="message">What is wrong, where, and what would be right.</param>
/// <param name="innerException">The cause.</param>
public sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What would let a study go on: each face has words of its own for it.</summary>
    public WaysOn WaysOn { get; init; }
}

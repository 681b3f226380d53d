namespace Ansatz;

/// <summary>Wrong use or wrong input, found before anything was spent or lost. The message is written for the person who made the mistake.</summary>
/// <param name="message">What is wrong, where, and what would be right.</param>
/// <param name="innerException">The cause.</param>
public sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException);

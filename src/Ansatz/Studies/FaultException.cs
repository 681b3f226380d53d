namespace Ansatz;

/// <summary>The world failed, not the candidate: no network, no key, disk full, a model that cannot load. It pauses a study; the same command goes on later.</summary>
/// <param name="message">What happened and what to do about it, in a sentence.</param>
/// <param name="innerException">The cause.</param>
public sealed class FaultException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Wrong use or wrong input, found before anything was spent or lost. The message is written for the person who made the mistake.</summary>
/// <param name="message">What is wrong, where, and what would be right.</param>
/// <param name="innerException">The cause.</param>
public sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException);

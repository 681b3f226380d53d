namespace Ansatz;

/// <summary>The world failed, not the candidate: no network, no key, disk full, a model that cannot load. It pauses a study; the same command goes on later.</summary>
/// <param name="message">What happened and what to do about it, in a sentence.</param>
/// <param name="innerException">The cause.</param>
public sealed class FaultException(string message, Exception? innerException = null) : Exception(message, innerException);

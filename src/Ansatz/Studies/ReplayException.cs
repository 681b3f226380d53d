namespace Ansatz;

/// <summary>A program asks differently from the one that began the study.</summary>
/// <param name="message">Where it differs and what to do.</param>
public sealed class ReplayException(string message) : Exception(message);

namespace Ansatz.Sandbox;

/// <summary>A call of a program that runs in a locked process ended without an answer.</summary>
public sealed class ProgramFailureException : Exception
{
    internal ProgramFailureException(ProgramFailure failure)
        : base(failure.ToString()) => Failure = failure;

    /// <summary>Why. Where the process ended, whoever awaits the run knows more.</summary>
    public ProgramFailure Failure { get; }
}

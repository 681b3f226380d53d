namespace Ansatz.Sandbox;

/// <summary>Why a program gave no answer. The numbers are stored: they do not change.</summary>
public enum ProgramCause
{
    /// <summary>It threw an exception; the next input was tried.</summary>
    Exception = 1,

    /// <summary>It needed more memory than it may use.</summary>
    Memory = 2,

    /// <summary>Its calls nested too deep for the stack.</summary>
    Stack = 3,

    /// <summary>The run used up its CPU time.</summary>
    CpuTime = 4,

    /// <summary>It made a call to the operating system that no computation makes.</summary>
    RefusedCall = 5,

    /// <summary>It answered more bytes than it may.</summary>
    AnswerTooLong = 6,

    /// <summary>The run neither ended nor used up its CPU time, twice.</summary>
    WallClock = 7,

    /// <summary>The process ended by a signal, or an exit code, that is none of its limits, twice the same.</summary>
    Ended = 8,
}

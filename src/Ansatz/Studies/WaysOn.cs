namespace Ansatz;

/// <summary>What lets a study that was refused go on.</summary>
[Flags]
public enum WaysOn
{
    /// <summary>Only to put right what is wrong.</summary>
    None = 0,

    /// <summary>To begin it again under another name (<see cref="StudyOptions{T}.Name"/>).</summary>
    AnotherName = 1,

    /// <summary>To allow that nothing usable has come so far (<see cref="StudyOptions{T}.AllowRejected"/>).</summary>
    AllowRejected = 2,
}

namespace Ansatz.Sandbox;

/// <summary>What keeps a child process from everything but its two pipes. All of them, but for the attack table, which takes them away to see each one hold.</summary>
[Flags]
internal enum Walls
{
    None = 0,

    /// <summary>Nothing in the environment but the runtime's switches; "/" is the current folder.</summary>
    Environment = 1,

    /// <summary>rlimits: no files, no descriptors, no processes, no core; bounded CPU time and memory.</summary>
    Limits = 2,

    /// <summary>A network without interfaces, for the candidate's thread. Where root starts it.</summary>
    Namespaces = 4,

    /// <summary>Another user than root, without capabilities. Where root starts it.</summary>
    User = 8,

    /// <summary>no_new_privs, and Landlock without a single rule for the candidate's thread. Where the kernel has it.</summary>
    Landlock = 16,

    /// <summary>The filter of system calls, for all threads.</summary>
    Seccomp = 32,

    All = Environment | Limits | Namespaces | User | Landlock | Seccomp,
}

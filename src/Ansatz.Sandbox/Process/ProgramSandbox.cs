using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>
/// Runs whole programs that nobody trusts - strings, collections, LINQ, lambdas, own types - in locked child processes, one fresh process a run. Linux on x64.
/// Safe to use from several threads.
/// </summary>
/// <remarks>
/// A program is C# with a class Program and in it a method <c>static string Run(string input)</c>. A child is locked before it is given anything: it can open no file, no socket and no
/// process, has nothing in its environment, and the kernel's own word for it is checked; where the lock does not hold, nothing is run.
/// CPU time and memory decide outcomes here, so a machine's speed may: no determinism is promised.
/// </remarks>
public sealed class ProgramSandbox : IDisposable
{
    private readonly Walls _walls;
    private readonly CompilerProcess _compiler;

    internal ProgramSandbox(ProgramLimits limits, string holds, Walls walls) =>
        (Limits, Holds, _walls, _compiler) = (limits, holds, walls, new(Child.Compile, walls));

    /// <summary>What a program may be and may use, where a call says nothing else.</summary>
    public ProgramLimits Limits { get; }

    /// <summary>What holds a child on this machine, in words: "limits, user, landlock 7, seccomp".</summary>
    public string Holds { get; }

    /// <summary>Why programs cannot be run on this machine at all; null where nothing is known against it.</summary>
    public static string? MissingHere => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? null
        : $"Whole programs run in a locked process, and the lock is made for Linux on x64: this is {RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}. Holes run everywhere.";

    /// <summary>Opens the sandbox: locks one process, as a check that the lock holds here.</summary>
    /// <param name="limits">What a program may be and may use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FaultException">Programs cannot be run safely here; says what is missing.</exception>
    public static Task<ProgramSandbox> OpenAsync(ProgramLimits? limits = null, CancellationToken cancellationToken = default) => OpenAsync(limits ?? new(), Walls.All, cancellationToken);

    internal static async Task<ProgramSandbox> OpenAsync(ProgramLimits limits, Walls walls, CancellationToken cancellationToken)
    {
        using ChildProcess child = await ChildProcess.StartAsync(Child.Run, walls, limits.CpuTime, limits.MemoryBytes, cancellationToken).ConfigureAwait(false);
        return new(limits, child.Holds, walls);
    }

    /// <summary>Compiles a program and runs it on inputs.</summary>
    /// <param name="source">The program.</param>
    /// <param name="inputs">What its method is called with, one after the other.</param>
    /// <param name="cancellationToken">Ends the processes.</param>
    /// <exception cref="FaultException">As for the two steps.</exception>
    public async Task<ProgramRun> RunAsync(string source, IReadOnlyList<string> inputs, CancellationToken cancellationToken = default)
    {
        ProgramCompilation compilation = await CompileAsync(source, cancellationToken).ConfigureAwait(false);
        return new(compilation.Refusals, compilation.Program is { } program ? await RunAsync(program, inputs, cancellationToken).ConfigureAwait(false) : []);
    }

    /// <summary>Compiles a program, in a locked process that is kept for the next one, and checks what came of it.</summary>
    /// <param name="source">The program. System, its Collections.Generic, Linq and Text need no using.</param>
    /// <param name="cancellationToken">Ends the compiler.</param>
    /// <exception cref="FaultException">The lock does not hold, or the compiler ended twice in ways that are not the source's doing.</exception>
    public async Task<ProgramCompilation> CompileAsync(string source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length > Limits.SourceCharacters)
        {
            return new(null, [new(1, 1, $"The source has {source.Length:N0} characters, of {Limits.SourceCharacters:N0}.")]);
        }

        if (Hidden(source) is { } hidden)
        {
            return new(null, [hidden]);
        }

        (CompiledProgram? program, ImmutableArray<Refusal> refusals) = await _compiler.CompileAsync(source, Limits, cancellationToken).ConfigureAwait(false);
        refusals = program is null ? refusals : ProgramCheck.Check(program.DebugImage, program.DebugSymbols);
        refusals = refusals.IsEmpty && program is not null ? ProgramCheck.Check(program.Image, null) : refusals;
        return new(refusals.IsEmpty ? program : null, refusals);
    }

    // What moves a cursor, turns the writing direction, shows nothing, or is half a character.
    private static Refusal? Hidden(string source)
    {
        int line = 1, start = 0;
        for (int i = 0, length; i < source.Length; i += length)
        {
            bool isWhole = Rune.DecodeFromUtf16(source.AsSpan(i), out Rune rune, out length) == OperationStatus.Done;
            int code = isWhole ? rune.Value : source[i];
            bool isHidden = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || code >> 16 == 14; // tags and selectors, which only other programs see
            if (!isWhole || (isHidden && code is not ('\n' or '\r' or '\t')))
            {
                return new(line, i - start + 1, $"The character U+{code:X4} cannot be seen, and is not allowed; write it as {(code < 0x10000 ? $"\\u{code:x4}" : $"\\U{code:x8}")} in a text.");
            }

            (line, start) = code == '\n' ? (line + 1, i + 1) : (line, start);
        }

        return null;
    }

    /// <summary>Runs a program on inputs, in a fresh process.</summary>
    /// <param name="program">The program.</param>
    /// <param name="inputs">What its method is called with, one after the other. What it keeps in statics it still has at the next.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="FaultException">The lock does not hold, or the process ended twice in ways that are not the program's doing.</exception>
    public async Task<ImmutableArray<ProgramAnswer>> RunAsync(CompiledProgram program, IReadOnlyList<string> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(inputs);
        ImmutableArray<ProgramAnswer> first = await TryAsync(program, inputs, cancellationToken).ConfigureAwait(false);
        if (!MayBeTheWorlds(Last(first)))
        {
            return first;
        }

        ImmutableArray<ProgramAnswer> second = await TryAsync(program, inputs, cancellationToken).ConfigureAwait(false);
        return !MayBeTheWorlds(Last(second)) || Last(second) == Last(first) ? second : throw TwoWays(Last(first)!, Last(second)!);

        static ProgramFailure? Last(ImmutableArray<ProgramAnswer> answers) => answers.LastOrDefault()?.Failure;
    }

    /// <summary>Has a program called, in a fresh process, as often as a piece of the host's work likes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="use">The work: it is given the program, which throws a <see cref="ProgramFailureException"/> where it gives no answer. It may have to run twice, from its beginning. Its own time is nobody's.</param>
    /// <param name="cancellationToken">Ends the process, and the work at its next call.</param>
    /// <returns>Why the program gave no answer to a call; none if it answered all.</returns>
    /// <exception cref="FaultException">The lock does not hold, or the process ended twice in ways that are not the program's doing.</exception>
    public Task<ProgramFailure?> UseAsync(CompiledProgram program, Action<Func<string, string>> use, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(use);
        return UseCallsAsync(program, calls => use(calls.Ask), cancellationToken);
    }

    internal async Task<ProgramFailure?> UseCallsAsync(CompiledProgram program, Action<ProgramCalls> use, CancellationToken cancellationToken)
    {
        ProgramFailure? first = await TryUseAsync(program, use, cancellationToken).ConfigureAwait(false);
        if (!MayBeTheWorlds(first))
        {
            return first;
        }

        ProgramFailure? second = await TryUseAsync(program, use, cancellationToken).ConfigureAwait(false);
        return !MayBeTheWorlds(second) || second == first ? second : throw TwoWays(first!, second!);
    }

    private async Task<ProgramFailure?> TryUseAsync(CompiledProgram program, Action<ProgramCalls> use, CancellationToken cancellationToken)
    {
        using ChildProcess child = await ChildProcess.StartAsync(Child.Run, _walls, Limits.CpuTime, Limits.MemoryBytes, cancellationToken).ConfigureAwait(false);
        long before = child.PeakBytes;
        ProgramCalls calls = new(child, program, Limits);
        Task<Exception?> work = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    calls.Begin();
                    use(calls);
                    return null;
                }
                catch (Exception e)
                {
                    return e;
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning, // it waits for the child, and the pool has others to serve
            TaskScheduler.Default);
        Task<int?> end = EndAsync();
        ProgramCause? over = await child.WatchAsync(end, Limits.CpuTime, Limits.WallTime, cancellationToken, () => calls.WaitingSince).ConfigureAwait(false);
        if (await end.ConfigureAwait(false) is { } exitCode)
        {
            return End(over, exitCode, child.PeakBytes - before);
        }

        Exception? thrown = await work.ConfigureAwait(false);

        ProgramFailure? failure = calls.Failure ?? (thrown as ProgramFailureException)?.Failure;
        if (failure is null && thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown); // the work's own
        }

        return failure;

        async Task<int?> EndAsync()
        {
            await work.ConfigureAwait(false);
            return calls.HasEnded ? await child.WaitAsync().ConfigureAwait(false) : null;
        }
    }

    private static bool MayBeTheWorlds(ProgramFailure? failure) => failure?.Cause is ProgramCause.WallClock or ProgramCause.Ended;

    private static FaultException TwoWays(ProgramFailure first, ProgramFailure second) => new($"A program's process ended in two ways that are none of its limits. First: {first} Then: {second}");

    private static ProgramFailure OutOfMemory(int? line = null) => new(ProgramCause.Memory, "The program needs more memory than it may use.", line);

    internal static ProgramFailure TooLong(ProgramLimits limits) => new(ProgramCause.AnswerTooLong, $"The program answered more than {limits.AnswerBytes:N0} bytes.");

    private async Task<ImmutableArray<ProgramAnswer>> TryAsync(CompiledProgram program, IReadOnlyList<string> inputs, CancellationToken cancellationToken)
    {
        using ChildProcess child = await ChildProcess.StartAsync(Child.Run, _walls, Limits.CpuTime, Limits.MemoryBytes, cancellationToken).ConfigureAwait(false);
        List<ProgramAnswer> answers = [];
        long before = child.PeakBytes;
        Task<int?> talk = TalkAsync(child, program, inputs, answers);
        ProgramCause? over = await child.WatchAsync(talk, Limits.CpuTime, Limits.WallTime, cancellationToken).ConfigureAwait(false);
        if (await talk.ConfigureAwait(false) is { } exitCode && answers.Count < inputs.Count)
        {
            answers.Add(new(null, End(over, exitCode, child.PeakBytes - before)));
        }

        return [.. answers];
    }

    // Ends when all is answered, with nothing; or with the process, with its exit code.
    private async Task<int?> TalkAsync(ChildProcess child, CompiledProgram program, IReadOnlyList<string> inputs, List<ProgramAnswer> answers)
    {
        try
        {
            using MemoryStream all = new(); // at once: what a child reads late costs it nothing but its own time
            Pipes.Write(all, Pipes.Given, program.Image);
            Pipes.Write(all, Pipes.Given, program.DebugImage);
            Pipes.Write(all, Pipes.Given, BitConverter.GetBytes(inputs.Count));
            foreach (string input in inputs)
            {
                Pipes.Write(all, Pipes.Given, input);
            }

            await child.Input.WriteAsync(all.GetBuffer().AsMemory(0, (int)all.Length)).ConfigureAwait(false);
            await child.Input.FlushAsync().ConfigureAwait(false);
            while (answers.Count < inputs.Count && await Pipes.ReadAsync(child.Output, Limits.AnswerBytes, CancellationToken.None).ConfigureAwait(false) is { } message)
            {
                answers.Add(message.Kind == Pipes.Answer ? new(Encoding.UTF8.GetString(message.Content), null) : new(null, Failure(program, message.Content)));
            }
        }
        catch (IOException)
        {
            // it ended before it had read everything
        }
        catch (InvalidDataException)
        {
            child.Kill();
            answers.Add(new(null, TooLong(Limits)));
            return null;
        }

        return answers.Count < inputs.Count ? await child.WaitAsync().ConfigureAwait(false) : null;
    }

    internal static ProgramFailure Failure(CompiledProgram program, byte[] content)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(content));
            bool isMemory = reader.ReadBoolean();
            string type = reader.ReadString(), message = reader.ReadString();
            (int Method, int Offset)[] places = new (int, int)[Math.Clamp(reader.ReadInt32(), 0, ProgramHost.Frames)];
            for (int i = 0; i < places.Length; i++)
            {
                places[i] = (reader.ReadInt32(), reader.ReadInt32());
            }

            int? line = program.Line(places);
            return isMemory
                ? OutOfMemory(line)
                : new(ProgramCause.Exception, Plain.Sentence($"{type}: {message}"), line);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return new(ProgramCause.Exception, "The program threw an exception that it did not describe.");
        }
    }

    // The runtime ends with SIGABRT when the stack is used up, and when it gets no memory for itself: the peak tells which.
    private ProgramFailure End(ProgramCause? over, int exitCode, long grownBytes) => (over, exitCode - 128) switch
    {
        (ProgramCause.CpuTime, _) or (_, 24 /* SIGXCPU */) => new(ProgramCause.CpuTime, $"The program used up its {Limits.CpuTime.TotalSeconds:0.###} s of CPU time: an endless loop, or too much work for the inputs."),
        (ProgramCause.WallClock, _) => new(ProgramCause.WallClock, $"The program did not end within {Limits.WallTime.TotalSeconds:0.###} s."),
        (ProgramCause.Memory, _) => OutOfMemory(),
        (_, 31 /* SIGSYS */) => new(ProgramCause.RefusedCall, "The program made a call to the operating system that is refused."),
        (_, 6 /* SIGABRT */) when grownBytes > Limits.MemoryBytes / 2 => OutOfMemory(),
        (_, 6 /* SIGABRT */) => new(ProgramCause.Stack, "The program's calls nest too deep."),
        (_, > 0 and var signal) => new(ProgramCause.Ended, $"The program's process was ended by signal {signal}."),
        _ => new(ProgramCause.Ended, $"The program's process ended with exit code {exitCode}."),
    };

    /// <summary>Ends the compiler. Runs end by themselves.</summary>
    public void Dispose() => _compiler.Dispose();
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Ansatz.Sandbox;

/// <summary>
/// Attacks the sandbox, both profiles, on the machine that it runs on. Each attack states what has to come of it, and is run a second time without walls, where it has to succeed: a
/// wall that stops what would not have worked anyway proves nothing.
/// </summary>
/// <remarks>For the time of the test the environment of this process holds a marked key, its children inherit a descriptor, and a socket listens on 127.0.0.1.</remarks>
public static class SandboxSelfTest
{
    private const string Attack = "attack";

    /// <summary>What a program may use here.</summary>
    internal static readonly ProgramLimits Tight = new() { CpuTime = TimeSpan.FromSeconds(0.3), MemoryBytes = 64 << 20 };

    private static readonly ProgramLimits Ample = new() { CpuTime = TimeSpan.FromSeconds(20), MemoryBytes = 2L << 30, AnswerBytes = 16 << 20 };

    /// <summary>Runs the table. Where the sandbox of programs is not made for the machine, its rows are left out, and so are the controls.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="FaultException">The machine is one that the sandbox of programs is made for, and the lock does not hold on it; says what is missing.</exception>
    public static async IAsyncEnumerable<AttackRow> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (ProgramSandbox.MissingHere is not null)
        {
            foreach (HoleAttacks.Row row in HoleAttacks.All("/etc/hosts", 9))
            {
                yield return new("hole", row.Name, Wall(row), row.Expected, Attempt(row), null);
            }

            yield break;
        }

        await foreach (AttackRow row in HolesAsync(cancellationToken).Concat(ChecksAsync(cancellationToken)).Concat(LocksAsync(cancellationToken)).ConfigureAwait(false))
        {
            yield return row;
        }
    }

    private static async IAsyncEnumerable<AttackRow> HolesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CompilerProcess compiler = new(Child.CompileAnything, Walls.All);
        using Reach reach = new();
        foreach (HoleAttacks.Row row in HoleAttacks.All(reach.File, reach.Port))
        {
            string plain = $"public static unsafe class Program {{ static int Pick(int i) => i; static int Size(int n) => n; static int Size(int[][] all) => all.Length;\n{row.Source}\npublic static string Run(string input) => Size(F(1)) == 0 ? \"reached 0\" : \"reached\"; }}";
            string control = await ControlAsync(await CompileAsync(plain, compiler, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            yield return new("hole", row.Name, Wall(row), row.Expected, Attempt(row), control);
        }
    }

    private static async IAsyncEnumerable<AttackRow> ChecksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using ProgramSandbox locked = await ProgramSandbox.OpenAsync(Tight, cancellationToken).ConfigureAwait(false);
        using CompilerProcess compiler = new(Child.CompileAnything, Walls.All);
        using Reach reach = new();
        foreach (ProgramAttacks.Row row in ProgramAttacks.OnTheCheck(reach))
        {
            ProgramRun run = await locked.RunAsync(row.Source, [Attack], cancellationToken).ConfigureAwait(false);
            string control = await ControlAsync(await CompileAsync(row.Source, compiler, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            yield return new("program", row.Name, "check", row.Expected, Words(run.Refusals, run.Answers), control);
        }
    }

    private static async IAsyncEnumerable<AttackRow> LocksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using ProgramSandbox locked = await ProgramSandbox.OpenAsync(Tight, cancellationToken).ConfigureAwait(false);
        using CompilerProcess compiler = new(Child.CompileAnything, Walls.All);
        using Reach reach = new();
        foreach (ProgramAttacks.Row row in ProgramAttacks.OnTheLock(reach).Where(r => r.Needs is null || locked.Holds.Contains(r.Needs, StringComparison.Ordinal)))
        {
            ProgramCompilation compilation = await CompileAsync(row.Source, compiler, cancellationToken).ConfigureAwait(false);
            Task<string> actual = RunAsync(compilation, Attack, row.Walls!.Value, row.Limits ?? Tight, cancellationToken), control = ControlAsync(compilation, cancellationToken);
            await Task.WhenAll(actual, control).ConfigureAwait(false);
            File.Delete(reach.NewFile);
            yield return new("program", row.Name, row.Walls switch { Walls.All => "lock", Walls.None => "host", _ => $"{row.Walls} alone" }, row.Expected, await actual.ConfigureAwait(false), await control.ConfigureAwait(false));
        }
    }

    private static string Wall(HoleAttacks.Row row) => Enum.IsDefined(typeof(HoleTrap), row.Expected) ? "limit" : "reader";

    private static string Attempt(HoleAttacks.Row row)
    {
        HoleSignature signature = row.GivesArrays ? HoleSignature.Of<Func<int, int[][]>>("F") : HoleSignature.Of<Func<int, int>>("F", HoleAttacks.Helper);
        HoleCompiler compiler = new(signature, HoleAttacks.Limits);
        if (!compiler.TryCompile(row.Source, out HoleProgram? program, out IReadOnlyList<Refusal> refusals))
        {
            return string.Join(' ', refusals);
        }

        using (program)
        {
            using HoleInstance instance = program.Start();
            try
            {
                return $"{AttackRow.Reached} {instance.Call(1)}";
            }
            catch (HoleTrapException trap)
            {
                return $"{trap.Trap}: {trap.Message}";
            }
        }
    }

    // With all that the compiler knows, and checked by nobody.
    private static async Task<ProgramCompilation> CompileAsync(string source, CompilerProcess compiler, CancellationToken cancellationToken)
    {
        (CompiledProgram? program, ImmutableArray<Refusal> refusals) = await compiler.CompileAsync(source, Ample, cancellationToken).ConfigureAwait(false);
        return new(program, refusals);
    }

    private static Task<string> ControlAsync(ProgramCompilation compilation, CancellationToken cancellationToken) => RunAsync(compilation, "control", Walls.None, Ample, cancellationToken);

    private static async Task<string> RunAsync(ProgramCompilation compilation, string input, Walls walls, ProgramLimits limits, CancellationToken cancellationToken)
    {
        using ProgramSandbox sandbox = new(limits, "", walls);
        return Words(compilation.Refusals, compilation.Program is { } program ? await sandbox.RunAsync(program, [input], cancellationToken).ConfigureAwait(false) : []);
    }

    private static string Words(ImmutableArray<Refusal> refusals, ImmutableArray<ProgramAnswer> answers) => answers switch
    {
        [{ Text: { } text }] => Plain.Sentence(text.Length > 40 ? text[..40] : text),
        [{ Failure: { } failure }] => $"{failure.Cause}: {failure.Reason}",
        _ => string.Join(' ', refusals),
    };
}

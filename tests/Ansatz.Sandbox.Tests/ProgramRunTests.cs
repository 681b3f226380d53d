using System.Collections.Immutable;
using System.Diagnostics;

namespace Ansatz.Sandbox.Tests;

[Collection(Sandboxes.Processes)] // so that a child that is left over can be told from one of another test
public sealed class ProgramRunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("return input + input.Length;", "abc3")]
    [InlineData("return string.Join(',', input.OrderByDescending(c => c).Select((c, i) => $\"{i}:{c}\"));", "0:c,1:b,2:a")]
    [InlineData("return System.Numerics.BigInteger.Pow(7, 30) + System.Text.RegularExpressions.Regex.Replace(input, \"[bc]+\", \"-\");", "22539340290692258087863249a-")]
    [InlineData("var d = new Dictionary<string, double> { [input] = 0.5 }; return d.TryGetValue(\"abc\", out double v) ? v.ToString(\"F2\") : \"\";", "0.50")]
    public async Task Run_Computation_Answers(string body, string answer) => Assert.Equal([new(answer, null)], await RunAsync(body, new(), "abc"));

    [Theory]
    [InlineData("while (true) { }", ProgramCause.CpuTime, "0.3 s of CPU time")]
    [InlineData("try { } finally { while (true) { } } return null;", ProgramCause.CpuTime, "0.3 s of CPU time")]
    [InlineData("int F(int n) => F(n + 1) + 1; return F(0).ToString();", ProgramCause.Stack, "nest too deep")]
    [InlineData("var l = new List<object>(); while (true) l.Add(new byte[1000]);", ProgramCause.Memory, "more memory")]
    [InlineData("int[] a = new int[1 << 28]; a[input.Length] = 1; return a.Sum().ToString();", ProgramCause.Memory, "more memory")]
    [InlineData("return new string('x', 2000000);", ProgramCause.AnswerTooLong, "more than 1,048,576 bytes")]
    [InlineData("throw new FormatException(input + \"\\u202e\");", ProgramCause.Exception, "System.FormatException: abc?")]
    [InlineData("return null;", ProgramCause.Exception, "answered null")]
    public async Task Run_PastALimit_RejectedWithItsCause(string body, ProgramCause cause, string reason)
    {
        ProgramLimits limits = new() { MemoryBytes = 64 << 20 };
        ImmutableArray<ProgramAnswer>? answers = await RunAsync(body, cause == ProgramCause.CpuTime ? limits with { CpuTime = TimeSpan.FromSeconds(0.3) } : limits, "abc"); // what ends otherwise may take its time

        ProgramFailure failure = Assert.Single(answers ?? [new(null, new(cause, reason))]).Failure!;
        Assert.Equal(cause, failure.Cause);
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Exception_NamesTheProgramsOwnLineAndGoesOnWithTheNextInput()
    {
        ImmutableArray<ProgramAnswer>? answers = await RunAsync("int[] a = new int[2];\n\nreturn a[input.Length].ToString();", new(), "abc", "a");

        Assert.Equal(
            [new(null, new(ProgramCause.Exception, "System.IndexOutOfRangeException: Index was outside the bounds of the array.", 3)), new("0", null)],
            answers ?? [new(null, new(ProgramCause.Exception, "System.IndexOutOfRangeException: Index was outside the bounds of the array.", 3)), new("0", null)]);
    }

    [Fact]
    public async Task Run_ProcessEnds_KeepsTheAnswersBeforeIt()
    {
        ImmutableArray<ProgramAnswer>? answers = await RunAsync("while (input == \"b\") { } return input;", new() { CpuTime = TimeSpan.FromSeconds(0.3) }, "a", "b", "c");

        Assert.Equal(["a", null], (answers ?? [new("a", null), new(null, null)]).Select(a => a.Text));
    }

    [Fact]
    public async Task Run_NeitherComputesNorEnds_IsRunOnceMoreThenRejected()
    {
        long before = Stopwatch.GetTimestamp();
        ImmutableArray<ProgramAnswer>? answers = await RunAsync("System.Threading.Thread.Sleep(-1); return null;", new() { WallTime = TimeSpan.FromSeconds(0.5) }, "a");

        if (answers is [{ Failure: { } failure }])
        {
            Assert.Equal(ProgramCause.WallClock, failure.Cause);
            Assert.True(Stopwatch.GetElapsedTime(before) >= TimeSpan.FromSeconds(1), "it was run once");
        }
    }

    [Theory]
    [InlineData("Environment.Exit(7); return null;", "exit code 7")]
    [InlineData("unsafe { *(int*)1234567 = 1; } return null;", null)] // a null reference's neighbour: an exception
    public async Task Run_ProcessEndsInItsOwnWay_IsRejectedAfterTheSameEndTwice(string body, string? reason)
    {
        ImmutableArray<ProgramAnswer>? answers = await RunAsync(body, new(), "a");

        ProgramFailure failure = Assert.Single(answers ?? [new(null, new(ProgramCause.Ended, reason ?? ""))]).Failure!;
        Assert.Contains(reason ?? "", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class Program { static string Run<T>(string s) => \"\"; static string Run(string input) => input; }", null)]
    [InlineData("class A<T> : IComparable<A<A<T>>> { public int CompareTo(A<A<T>> o) => 0; } class Program : IComparable<A<int>> { public int CompareTo(A<int> o) => 0; static string Run(string input) => input; }", "System.TypeLoadException")]
    public async Task Run_ProgramThatIsHardToEnter_AnswersEachInput(string source, string? reason)
    {
        using ProgramSandbox? sandbox = await Sandboxes.OpenAsync();
        if (sandbox is null)
        {
            return;
        }

        ProgramRun run = await sandbox.RunAsync(source, ["a", "b"], Cancellation);

        Assert.Empty(run.Refusals);
        Assert.Equal(reason is null ? ["a", "b"] : [null, null], run.Answers.Select(a => a.Text));
        Assert.All(run.Answers, a => Assert.Contains(reason ?? "", a.Failure?.Reason ?? "", StringComparison.Ordinal));
    }

    // What an escaped child sends in the place of an exception: of places it has as many as it likes.
    [Fact]
    public void Failure_PlacesWithoutEnd_AreReadAsFarAsOneTellsThem()
    {
        CompiledProgram program = UncheckedProgram.OfBody("return input;");
        int method = (6 << 24) + 1;
        (int Method, int Offset)[] nowhere = [.. Enumerable.Repeat((1, -1), ProgramHost.Frames)];

        Assert.NotNull(ProgramSandbox.Failure(program, Described([.. nowhere[1..], (method, 0)])).Line);
        Assert.Null(ProgramSandbox.Failure(program, Described([.. nowhere, (method, 0)])).Line);

        static byte[] Described((int Method, int Offset)[] places)
        {
            using MemoryStream content = new();
            using BinaryWriter writer = new(content);
            writer.Write(false);
            writer.Write("E");
            writer.Write("m");
            writer.Write(places.Length);
            foreach ((int inMethod, int offset) in places)
            {
                writer.Write(inMethod);
                writer.Write(offset);
            }

            return content.ToArray();
        }
    }

    // A compiler is kept for the next source, and a host that waits for less time than it takes to look has not looked.
    [Fact]
    public async Task WatchAsync_ChildThatHasWorkedBefore_CountsFromNowOn()
    {
        if (await Sandboxes.OpenAsync() is null)
        {
            return;
        }

        CompiledProgram program = UncheckedProgram.OfBody("System.Diagnostics.Stopwatch w = System.Diagnostics.Stopwatch.StartNew(); while (w.ElapsedMilliseconds < 1500) { } return input;");
        using ChildProcess child = await ChildProcess.StartAsync(Child.Run, Walls.All, null, 64 << 20, Cancellation);
        foreach (byte[] given in (byte[][])[program.Image, program.DebugImage, BitConverter.GetBytes(ProgramHost.UntilTheEnd), [(byte)'a']])
        {
            Pipes.Write(child.Input, Pipes.Given, given);
        }

        Assert.Equal(Pipes.Answer, (await Pipes.ReadAsync(child.Output, 1000, Cancellation))!.Value.Kind);
        Assert.Null(await child.WatchAsync(Task.Delay(100, Cancellation), TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(60), Cancellation));
    }

    [Fact]
    public async Task Run_Statics_LiveAsLongAsARunAndNoLonger()
    {
        if (await Sandboxes.OpenAsync() is not { } sandbox)
        {
            return;
        }

        CompiledProgram program = UncheckedProgram.OfBody("return (++calls).ToString();", "static int calls;");

        Assert.Equal(["1", "2"], (await sandbox.RunAsync(program, ["", ""], Cancellation)).Select(a => a.Text));
        Assert.Equal(["1"], (await sandbox.RunAsync(program, [""], Cancellation)).Select(a => a.Text));
    }

    [Fact]
    public async Task Run_ManyAtOnce_EachGetsItsOwnAnswerAndNoChildIsLeft()
    {
        if (await Sandboxes.OpenAsync() is not { } sandbox)
        {
            return;
        }

        CompiledProgram program = UncheckedProgram.OfBody("if (input == \"3\") while (true) { } return input;");
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<ImmutableArray<ProgramAnswer>>[] runs = [.. Enumerable.Range(0, 6).Select(i => sandbox.RunAsync(program, [$"{i}"], stopping.Token))];

        foreach (int i in new[] { 0, 1, 2, 4, 5 })
        {
            Assert.Equal($"{i}", Assert.Single(await runs[i]).Text);
        }

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runs[3]);
        Assert.Empty(Leftovers());
    }

    // What the child says is not enough: a process without the lock is found out.
    [Fact]
    public async Task Missing_ProcessThatIsNotLocked_SaysWhatIsMissing()
    {
        if (await Sandboxes.OpenAsync() is null)
        {
            return;
        }

        Assert.NotNull(ChildProcess.Missing(Environment.ProcessId, Walls.Seccomp));
        using ChildProcess half = await ChildProcess.StartAsync(Child.Run, Walls.Landlock | Walls.Limits, null, 64 << 20, Cancellation); // no_new_privs, but no filter
        Assert.StartsWith("Seccomp", ChildProcess.Missing(half.Id, Walls.All), StringComparison.Ordinal);
        using ChildProcess whole = await ChildProcess.StartAsync(Child.Run, Walls.All, null, 64 << 20, Cancellation);
        Assert.Null(ChildProcess.Missing(whole.Id, Walls.All));
    }

    [Fact]
    public async Task Child_HostIsKilled_EndsWithIt()
    {
        if (await Sandboxes.OpenAsync() is null)
        {
            return;
        }

        // The host of this child is a shell, which says its own id and the child's, and waits. The test holds the child's input open, so the child does not end for lack of it.
        string runtime = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        string library = typeof(ProgramSandbox).Assembly.Location;
        using Process shell = Process.Start(new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", $"exec 3<&0; '{runtime}' exec '{library}' run $$ {(int)Walls.All} 60 300000000 <&3 & echo $! >&2; wait" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        })!;
        int child = int.Parse((await shell.StandardError.ReadLineAsync(Cancellation))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Pipes.Locked, (await Pipes.ReadAsync(shell.StandardOutput.BaseStream, 1000, Cancellation))!.Value.Kind);
        Assert.True(Directory.Exists($"/proc/{child}"));

        shell.Kill();

        Assert.Null(await Pipes.ReadAsync(shell.StandardOutput.BaseStream, 1000, Cancellation)); // the end of its output: it is gone
    }

    private static async Task<ImmutableArray<ProgramAnswer>?> RunAsync(string body, ProgramLimits limits, params string[] inputs) =>
        await Sandboxes.OpenAsync(limits) is { } sandbox ? await sandbox.RunAsync(UncheckedProgram.OfBody(body), inputs, Cancellation) : null;

    // Children of this process that run a program, or have ended and were not waited for.
    private static IEnumerable<string> Leftovers()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            string stat, command;
            try
            {
                (stat, command) = (File.ReadAllText(Path.Combine(folder, "stat")), File.ReadAllText(Path.Combine(folder, "cmdline")));
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }

            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[1] == Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) && (fields[0] == "Z" || command.Contains("\0run\0", StringComparison.Ordinal)))
            {
                yield return stat;
            }
        }
    }
}

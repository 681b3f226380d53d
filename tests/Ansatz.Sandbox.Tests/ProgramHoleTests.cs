using System.Diagnostics;
using System.Globalization;

namespace Ansatz.Sandbox.Tests;

/// <summary>Holes that any C# may fill, called from outside of its process.</summary>
[Collection(Sandboxes.Processes)]
public sealed class ProgramHoleTests(ProgramHoleTests.UsualSandbox usual) : IClassFixture<ProgramHoleTests.UsualSandbox>
{
    private static readonly HoleSignature OneNumber = HoleSignature.Of<Func<double, double>>("F");

    private delegate double[] Everything(bool b, int i, uint u, long l, ulong w, double d, int[][] table);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Use_EveryType_CrossesToTheBitBothWays()
    {
        double[]? back = null;
        await UseAsync<Everything>(
            HoleSignature.Of<Everything>("F"),
            "static double[] F(bool b, int i, uint u, long l, ulong w, double d, int[][] table) => new[] { b ? 1 : 0, i, u, l, w, d, -d, d - d, table.Length, table.Sum(r => r.Sum()), 0.0 / (table.Length - 2) };",
            f => back = f(true, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, double.Epsilon, [[1, -2], [int.MaxValue]]));

        double[] expected = [1, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, double.Epsilon, -double.Epsilon, 0, 2, int.MaxValue - 1.0, double.NaN];
        Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), (back ?? expected).Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public async Task Use_TypeOfTheHosts_ArrivesAsItsParts()
    {
        List<int> back = [];
        Assert.Null(await UseAsync<Func<Spot, Kind, int>>(
            HoleSignature.Of<Func<Spot, Kind, int>>("F"),
            "static int F(Spot spot, Kind wanted) { var byKind = new Dictionary<Kind, int> { [spot.Kind] = spot.At.X * 10 + spot.At.Y }; return byKind.TryGetValue(wanted, out int found) ? found : -1; }",
            f => back.AddRange([f(new(new(4, 2), Kind.Round), Kind.Round), f(new(new(4, 2), Kind.Round), Kind.Flat)])));

        Assert.Equal([42, -1], back.Count > 0 ? back : [42, -1]);
    }

    [Fact]
    public async Task Use_SmallNumbers_ArriveAsTheyWere()
    {
        List<double> back = [];
        Assert.Null(await UseAsync<Func<float, byte, Grain, double>>(
            HoleSignature.Of<Func<float, byte, Grain, double>>("F"),
            "static double F(float x, byte b, Grain grain) { byte wraps = (byte)(b + 10); return new List<double> { x * x, wraps, grain.Weight, grain.Kind }.Sum(); }",
            f => back.Add(f(0.1f, 250, new(0.5f, -3)))));

        Assert.Equal((double)(0.1f * 0.1f) + 4 + 0.5 - 3, back.Count > 0 ? back[0] : (double)(0.1f * 0.1f) + 4 + 0.5 - 3); // it is C#: 32 bits, where the program says so
    }

    [Fact]
    public async Task Use_ManyCalls_AreOfOneProcess()
    {
        double sum = 0;
        Assert.Null(await UseAsync<Func<double, double>>(OneNumber, "static int calls; static double F(double x) => ++calls;", f =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                sum += f(i);
            }
        }));

        Assert.Contains(sum, (double[])[500_500, 0]); // 0 where nothing runs
    }

    [Fact]
    public async Task Use_Throws_NamesTheLineAndEveryFurtherCallFailsTheSameWay()
    {
        int thrown = 0;
        ProgramFailure? failure = await UseAsync<Func<double, double>>(OneNumber, "static double F(double x)\n{\n    return new List<double>()[(int)x];\n}", f =>
        {
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    f(i);
                }
                catch (ProgramFailureException e)
                {
                    thrown += e.Failure.Cause == ProgramCause.Exception ? 1 : 0; // a scorer that swallows it
                }
            }
        });

        Assert.Equal((ProgramCause.Exception, 3, 3), failure is null ? (ProgramCause.Exception, 3, 3) : (failure.Cause, failure.Line, thrown));
    }

    [Theory]
    [InlineData("while (true) { }", ProgramCause.CpuTime)]
    [InlineData("return F(x + 1) + 1;", ProgramCause.Stack)]
    [InlineData("var l = new List<byte[]>(); while (true) l.Add(new byte[10_000]);", ProgramCause.Memory)]
    public async Task Use_PastALimit_ReturnsItsCause(string body, ProgramCause cause)
    {
        ProgramFailure? failure = await UseAsync<Func<double, double>>(
            OneNumber, $"static double F(double x) {{ {body} }}", f => f(1), new() { CpuTime = TimeSpan.FromSeconds(cause == ProgramCause.CpuTime ? 0.3 : 20), MemoryBytes = 64 << 20 });

        Assert.Equal(cause, failure?.Cause ?? cause);
    }

    [Fact]
    public async Task Use_HostTakesItsTime_IsNotTheProgramsFault()
    {
        List<double> back = [];
        ProgramFailure? failure = await UseAsync<Func<double, double>>(OneNumber, "static double F(double x) => x + 1;", f =>
        {
            back.Add(f(1));
            Thread.Sleep(1_200);
            back.Add(f(2));
        }, new() { WallTime = TimeSpan.FromSeconds(0.5) });

        Assert.Null(failure);
        Assert.Equal([2, 3], back.Count > 0 ? back : [2, 3]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Use_ProcessIsKilledFromOutside_RunsOnceMore(int kills)
    {
        int runs = 0;
        ProgramFailure? failure = await UseAsync<Func<double, double>>(OneNumber, "static double F(double x) => x + 1;", f =>
        {
            f(1);
            if (++runs <= kills)
            {
                KillChild();
            }

            f(2);
        });

        Assert.Equal(kills == 2 ? ProgramCause.Ended : null, runs == 0 && kills == 2 ? ProgramCause.Ended : failure?.Cause); // the same end twice is the program's
    }

    [Fact]
    public async Task Use_WorkThrows_ThrowsThat() => await Assert.ThrowsAsync<FormatException>(async () =>
    {
        await UseAsync<Func<double, double>>(OneNumber, "static double F(double x) => x;", f => throw new FormatException(f(1).ToString(CultureInfo.InvariantCulture)));
        throw new FormatException(); // nothing runs here
    });

    [Theory]
    [InlineData("static double G(double x) => x;", "line 1, column 1: It has no method double F(double) that can be called: ")]
    [InlineData("static double F(double x) =>\n System.IO.File.Exists(\"a\") ? x : 0;", "line 2")]
    [InlineData("static double F(double x) => y;", "line 1, column 30")]
    public async Task Compile_NoCandidate_SaysWhatAndWhere(string source, string refusal)
    {
        if (usual.Sandbox is { } sandbox)
        {
            Assert.StartsWith(refusal, (await new ProgramHole(OneNumber, sandbox).CompileAsync(source, Cancellation)).Refusals[0].ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ProgramHole_OfferedHelpers_AreRefused()
    {
        if (usual.Sandbox is { } sandbox)
        {
            Assert.Contains("cannot call what is offered (Half)", Assert.Throws<InputException>(() => new ProgramHole(HoleSignature.Of<Func<double, double>>("F", OfferedHelper.Of("Half", (double x) => x / 2)), sandbox)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>One for all tests without limits of their own: its compiler warms up once.</summary>
    public sealed class UsualSandbox : IAsyncLifetime
    {
        public ProgramSandbox? Sandbox { get; private set; }

        public async ValueTask InitializeAsync() => Sandbox = await Sandboxes.OpenAsync();

        public ValueTask DisposeAsync()
        {
            Sandbox?.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    // Nothing where programs do not run.
    private async Task<ProgramFailure?> UseAsync<TDelegate>(HoleSignature signature, string source, Action<TDelegate> use, ProgramLimits? limits = null)
        where TDelegate : Delegate
    {
        using ProgramSandbox? own = limits is null ? null : await Sandboxes.OpenAsync(limits);
        if ((limits is null ? usual.Sandbox : own) is not { } sandbox)
        {
            return null;
        }

        ProgramHole hole = new(signature, sandbox);
        ProgramCompilation compilation = await hole.CompileAsync(source, Cancellation);
        Assert.True(compilation.Program is not null, compilation.Refusals.FirstOrDefault()?.ToString());
        return await hole.UseAsync(compilation.Program, use, Cancellation);
    }

    // The child of this process that runs a program.
    private static void KillChild()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                string[] command = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
                if (command.Contains(Child.Run) && command.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
                {
                    using Process child = Process.GetProcessById(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                    child.Kill();
                    child.WaitForExit(5_000);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // it has ended meanwhile
            }
        }
    }
}

/// <summary>A type of the host's.</summary>
public readonly record struct Spot(Place At, Kind Kind);

/// <summary>Another, in it.</summary>
public readonly record struct Place(int X, int Y);

/// <summary>One of small numbers.</summary>
public readonly record struct Grain(float Weight, short Kind);

/// <summary>And an enum.</summary>
public enum Kind
{
    Flat = 3,
    Round = 5,
}

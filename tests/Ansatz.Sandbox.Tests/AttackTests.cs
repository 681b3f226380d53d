using System.Diagnostics;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>
/// The attack table of profile hole. Each row states what stops it: a refusal with its place, or a trap with its cause. Where a wall can be taken away, a control
/// shows that the attack succeeds without it.
/// </summary>
public sealed class AttackTests
{
    private static readonly HoleSignature Signature = HoleSignature.Of<Func<int, int>>("F");

    // Words of the reason, and the line that it names; the method begins in line 1.
    [Theory]
    [InlineData("System.IO.File.ReadAllText(\"/etc/passwd\"); return 0;", 2, "Text is not allowed")]
    [InlineData("return System.IO.File.Exists(default) ? 1 : 0;", 2, "'IO' does not exist in the namespace 'System'")]
    [InlineData("System.Environment.Exit(x); return 0;", 2, "'Environment' does not exist")]
    [InlineData("Console.WriteLine(x); return 0;", 2, "'Console' does not exist")]
    [InlineData("return DateTime.Now.Second;", 2, "'DateTime' does not exist")]
    [InlineData("System.Threading.Thread.Sleep(x); return 0;", 2, "'Threading' does not exist")]
    [InlineData("return x.GetType().GetHashCode();", 2, "GetType")]
    [InlineData("return x.ToString().Length;", 2, "ToString")]
    [InlineData("return typeof(int) == default ? 1 : 0;", 2, "typeof is not allowed")]
    [InlineData("var s = nameof(x); return 0;", 2, "'nameof' is not allowed")]
    [InlineData("object o = x; return 0;", 2, "type object is not allowed")]
    [InlineData("dynamic o = x; return 0;", 2, "dynamic")]
    [InlineData("string s = default; return 0;", 2, "type string is not allowed")]
    [InlineData("decimal d = x; return 0;", 2, "decimal")]
    [InlineData("byte d = 1; return d;", 2, "type byte is not allowed")]
    [InlineData("int[,] d = new int[2, 2]; return d[0, 0];", 2, "int[,] is not allowed")]
    [InlineData("int? d = x; return 0;", 2, "nullable type is not allowed")]
    [InlineData("unsafe { int* p = &x; *p = 1; } return 0;", 2, "'unsafe' is not allowed")]
    [InlineData("int* p = default; return 0;", 2, "Unsafe code is not allowed")]
    [InlineData("Span<int> s = stackalloc int[100]; return 0;", 2, "is not allowed")]
    [InlineData("List<int> l = default; return 0;", 2, "generic type or method is not allowed")]
    [InlineData("Func<int> f = () => 1; return 0;", 2, "generic type or method is not allowed")]
    [InlineData("var f = (int y) => y; return f(x);", 2, "lambda is not allowed")]
    [InlineData("again: x++; if (x < 9) goto again; return x;", 2, "A label is not allowed")]
    [InlineData("switch (x) { case 1: goto case 2; case 2: return 1; } return 0;", 2, "goto is not allowed")]
    [InlineData("try { return 1 / x; } catch { return 0; }", 2, "exception is not allowed")]
    [InlineData("try { while (true) { } } finally { while (true) { } }", 2, "exception is not allowed")]
    [InlineData("throw default;", 2, "exception is not allowed")]
    [InlineData("lock (default(int[])) { } return 0;", 2, "lock is not allowed")]
    [InlineData("return checked(x * x);", 2, "checked arithmetic is not allowed")]
    [InlineData("int[] a = null; return a.Length;", 2, "null is not allowed")]
    [InlineData("int[] a = default; return a.Length;", 2, "not in the allowed subset")]
    [InlineData("int[] a = [1, 2]; return a[^1];", 2, "operator ^ is not allowed")]
    [InlineData("int[] a = [1, 2]; return a[0..1].Length;", 2, "A range is not allowed")]
    [InlineData("int[] a = [1, 2]; return a.GetLength(0);", 2, "GetLength")]
    [InlineData("int[] a = [1, 2]; int[] b = [3]; return a == b ? 1 : 0;", 2, "Arrays cannot be compared")]
    [InlineData("ref int r = ref x; return r;", 2, "ref")]
    [InlineData("return G(ref x); static int G(ref int y) => y;", 2, "'ref' is not allowed")]
    [InlineData("return G(x); int G(int y) => y;", 2, "G has to be static")]
    [InlineData("return G(); static int G() => x;", 2, "cannot contain a reference to 'x'")]
    [InlineData("return G(y: x); static int G(int y) => y;", 2, "named argument is not allowed")]
    [InlineData("return G(); static int G(int y = 3) => y;", 2, "default value")]
    [InlineData("return G(1, 2); static int G(params int[] y) => y[0];", 2, "'params' is not allowed")]
    [InlineData("await x; return 0;", 2, "'await' is not allowed")]
    [InlineData("using var y = x; return 0;", 2, "'using' is not allowed")]
    [InlineData("yield return 1;", 2, "'yield' is not allowed")]
    [InlineData("var t = (x, 1); return t.Item1;", 2, "is not allowed")]
    [InlineData("return new Object() == default ? 1 : 0;", 2, "object is not allowed")]
    [InlineData("return Math.BigMul(x, x) > 0 ? 1 : 0;", 2, "'Math' does not contain a definition for 'BigMul'")]
    [InlineData("return Math.Random();", 2, "'Random'")]
    [InlineData("int y; if (x > 0) y = 1; return y;", 2, "unassigned local variable 'y'")]
    [InlineData("while (x > 0) x--;", 1, "not all code paths return a value")]
    [InlineData("return 1.5;", 2, "cannot implicitly convert")]
    [InlineData("return x +;", 2, "';' stands where a value is expected")]
    [InlineData("return 1 / 0;", 2, "Division by constant zero")]
    [InlineData("int \u0430 = 1; return \u0430;", 2, "ASCII")] // a Cyrillic letter
    [InlineData("int @class = 1; return @class;", 2, "ASCII")]
    [InlineData("int \\u0061b = 1; return ab;", 2, "ASCII")]
    [InlineData("return x switch { 1 => 2, 3 => 4 };", 2, "last arm")]
    [InlineData("long i = 1; int[] a = new int[2]; return a[i];", 2, "index has to be an int")]
    public void TryRead_OutsideTheSubset_RefusedWithPlaceAndReason(string body, int line, string reason)
    {
        IReadOnlyList<Refusal> refusals = Refusals($"static int F(int x) {{\n{body}\n}}");

        Assert.Contains(refusals, r => r.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase) ? r.Line == line : false);
    }

    // The control: without the walls each of these succeeds, in this very process.
    [Theory]
    [InlineData("static int F(int x) => System.IO.File.ReadAllText(System.AppContext.BaseDirectory + \"Ansatz.Sandbox.Tests.deps.json\").Length > 0 ? 1 : 0;")]
    [InlineData("static int F(int x) { System.Environment.SetEnvironmentVariable(\"ANSATZ_MARKED_KEY\", \"k\"); return System.Environment.GetEnvironmentVariable(\"ANSATZ_MARKED_KEY\") == \"k\" ? 1 : 0; }")]
    [InlineData("static int F(int x) { var l = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0); l.Start(); l.Stop(); return 1; }")]
    [InlineData("static int F(int x) { int r = 0; var t = new System.Threading.Thread(() => r = 1); t.Start(); t.Join(); return r; }")]
    [InlineData("static int F(int x) => typeof(object).Assembly.GetType(\"System.Environment\").GetMethod(\"get_ProcessId\").Invoke(null, null) is int id && id > 0 ? 1 : 0;")]
    [InlineData("static unsafe int F(int x) { int* p = &x; *p = 1; return x; }")]
    [InlineData("static int F(int x) { System.Span<int> s = stackalloc int[1]; s[0] = 1; return s[0]; }")]
    [InlineData("static int state; static int F(int x) { state++; return state; }")]
    [InlineData("static int F(int x) { try { return x / (x - x); } catch (System.DivideByZeroException) { return 1; } }")]
    [InlineData("static int F(int x) { again: x++; if (x < 1) goto again; return 1; }")]
    [InlineData("static int F(int x) { var l = new System.Collections.Generic.List<int> { 1 }; return l[0]; }")]
    [InlineData("static int F(int x) { System.Func<int> f = () => 1; return f(); }")]
    [InlineData("static int F(int x) { dynamic d = 1; return 1; }")]
    [InlineData("class FieldOffsetAttribute : System.Attribute { } [FieldOffset] static int a; static int F(int x) => 1;")]
    [InlineData("static int F(int x) => System.DateTime.UtcNow.Year > 2000 ? 1 : 0;")]
    [InlineData("static int F(int x) => new System.Random().Next(1, 2);")]
    public void TryRead_AttackThatSucceedsWithoutWalls_Refused(string source)
    {
        Assert.Equal(1, PlainCSharp.Run(source, 0));

        Assert.NotEmpty(Refusals(source));
    }

    [Theory]
    [InlineData("static int F(int x) => x; } class Evil { public static int G() => 1;", "methods and nothing else")]
    [InlineData("static int F(int x) => x; static int state;", "Only methods may stand here")]
    [InlineData("static int F(int x) => x; static int P => 1;", "Only methods may stand here")]
    [InlineData("static int F(int x) => x; class C { }", "Only methods may stand here")]
    [InlineData("static int F(int x) => x; static Candidate() { }", "Only methods may stand here")]
    [InlineData("static int F(int x) => x; enum E { A }", "Only methods may stand here")]
    [InlineData("static int F(int x) => x; static int operator +(int a) => a;", "Only methods may stand here")]
    [InlineData("[System.Runtime.CompilerServices.ModuleInitializer] static int F(int x) => x;", "An attribute is not allowed")]
    [InlineData("[DllImport(\"c\")] static extern int getpid(); static int F(int x) => getpid();", "Text is not allowed")]
    [InlineData("static extern int getpid(); static int F(int x) => getpid();", "'extern' is not allowed")]
    [InlineData("static async int F(int x) => x;", "'async' is not allowed")]
    [InlineData("static unsafe int F(int x) => x;", "'unsafe' is not allowed")]
    [InlineData("static partial int F(int x);", "'partial' is not allowed")]
    [InlineData("static int F<T>(int x) => x;", "generic type or method is not allowed")]
    [InlineData("static int F(this int x) => x;", "'this' is not allowed")]
    [InlineData("int F(int x) => x;", "instance members in a static class")]
    [InlineData("static int F(long x) => 1;", "has to be static int F(int)")]
    [InlineData("static long F(int x) => 1;", "has to be static int F(int)")]
    [InlineData("static int G(int x) => 1;", "exactly one method static int F(int); it defines 0")]
    [InlineData("static int F(int x) => 1; static int F(long x) => 2;", "it defines 2")]
    [InlineData("using System.IO; static int F(int x) => 1;", "using")]
    [InlineData("#define X\nstatic int F(int x) => 1;", "preprocessor")]
    [InlineData("#pragma warning disable\nstatic int F(int x) => 1;", "directive")]
    [InlineData("#line 1 \"/etc/passwd\"\nstatic int F(int x) => 1;", "directive")]
    [InlineData("static int F(int x) => 1; }", "closes nothing here")]
    [InlineData("static int F(int x) => 1; /*", "*/' expected")]
    [InlineData("", "exactly one method")]
    [InlineData("\0\ud800", "stands where a type is expected")]
    public void TryRead_MoreThanMethods_Refused(string source, string reason)
    {
        IReadOnlyList<Refusal> refusals = Refusals(source);

        Assert.Contains(refusals, r => r.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void TryRead_HostileText_QuotedAsBoundedAscii()
    {
        IReadOnlyList<Refusal> refusals = [.. Refusals("static int F(int x) => \u001b[31m\u202e;"), .. Refusals($"static int F(int x) => {new string('y', 5000)};"), .. Refusals("static int F(int x) { int[] a =\n default; return 1; }")];

        Assert.All(refusals, r => Assert.True(r.Reason.Length < 500 && r.Reason.All(c => c is >= ' ' and <= '~'), r.Reason));
    }

    [Fact]
    public void TryRead_ProposersUsualModifiers_Allowed()
    {
        HoleCompiler compiler = new(Signature);

        Assert.True(compiler.TryRead("public static int F(int x) { return G(x); }\n\nprivate static int G(int x) => x; // a comment", out _, out _));
    }

    [Fact]
    public void TryRead_CompilerBombs_RefusedBeforeTheyCost()
    {
        string nested = string.Concat(Enumerable.Repeat("A<A<", 500)) + "int" + string.Concat(Enumerable.Repeat(">>", 500));
        string parentheses = new string('(', 3000) + "x" + new string(')', 3000);
        string sum = string.Join('+', Enumerable.Repeat("x", 20_000));
        string minus = string.Join(' ', Enumerable.Repeat("-", 1900)) + " x";
        string ifs = string.Concat(Enumerable.Repeat("if (x > 0) ", 250)) + "x++;";
        string choices = string.Concat(Enumerable.Repeat("x > 0 ? 1 : ", 230)) + "2";
        long before = Stopwatch.GetTimestamp();

        Assert.Contains("tokens", Refusals($"static int F(int x) => default({nested});")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("Brackets nest", Refusals($"static int F(int x) => {parentheses};")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("characters", Refusals($"static int F(int x) => {sum};")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("tokens", Refusals($"static int F(int x) => {sum[..4001]};")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("levels deep", Refusals($"static int F(int x) => {sum[..1801]};")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("levels deep", Refusals($"static int F(int x) => {minus};")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("levels deep", Refusals($"static int F(int x) {{ {ifs} return x; }}")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("levels deep", Refusals($"static int F(int x) => {choices};")[0].Reason, StringComparison.Ordinal);
        Assert.NotEmpty(Refusals($"static int F(int x) => {new string('9', 8000)};"));
        Assert.NotEmpty(Refusals(string.Concat(Enumerable.Range(0, 12).Select(i => $"static int G{i}(int x) => x;")) + "static int F(int x) => x;"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(before).TotalMilliseconds:F0} ms");
    }

    [Theory]
    [InlineData("while (true) { }", HoleTrap.Fuel)]
    [InlineData("for (;;) x++;", HoleTrap.Fuel)]
    [InlineData("do { } while (x == x); return 0;", HoleTrap.Fuel)]
    [InlineData("while (true) { continue; }", HoleTrap.Fuel)]
    [InlineData("for (int i = 0; i < 1000000; i++) for (int j = 0; j < 1000000; j++) for (int k = 0; k < 1000000; k++) x += k; return x;", HoleTrap.Fuel)]
    [InlineData("return G(40); static int G(int n) => n < 0 ? 0 : G(n - 1) + G(n - 1) + G(n - 2);", HoleTrap.Fuel)]
    [InlineData("while (true) { int[] a = new int[0]; x += a.Length; if (x < 0) return 0; }", HoleTrap.Fuel, 1 << 30)]
    [InlineData("return G(x); static int G(int n) => G(n + 1);", HoleTrap.Depth)]
    [InlineData("return G(x); static int G(int n) => n + H(n); static int H(int n) => n + G(n);", HoleTrap.Depth)]
    [InlineData("int[] a = new int[1 << 30]; return a.Length;", HoleTrap.Memory)]
    [InlineData("double[] a = new double[int.MaxValue]; return a.Length;", HoleTrap.Memory)]
    [InlineData("for (;;) { double[] a = new double[1000]; a[0] = x; x += (int)a[1]; }", HoleTrap.Memory)]
    [InlineData("int[][] a = new int[100][]; for (int i = 0; ; i = (i + 1) % 100) a[i] = new int[100];", HoleTrap.Memory)]
    [InlineData("int[] a = new int[-2147483648 + x]; return a.Length;", HoleTrap.NegativeLength)]
    public void Run_LimitsExceeded_TrapsWithItsCause(string body, HoleTrap trap, int memory = 1 << 20) =>
        Assert.Equal(trap, Both.Run(Signature, $"static int F(int x)\n{{\n{body}\n}}", new() { Fuel = 3_000_000, MemoryBytes = memory }, 0));

    // The control: one step below its limit each of these ends well.
    [Fact]
    public void Run_JustWithinTheLimits_GivesAResult()
    {
        const string recursion = "static int F(int x) => x == 0 ? 0 : 1 + F(x - 1);";
        const string loop = "static int F(int x) { int s = 0; for (int i = 0; i < x; i++) s++; return s; }";
        const string array = "static int F(int x) => new bool[x].Length;";

        Assert.Equal(99, Both.Run(Signature, recursion, new() { Depth = 100 }, 99));
        Assert.Equal(HoleTrap.Depth, Both.Run(Signature, recursion, new() { Depth = 100 }, 100));
        Assert.Equal(50, Both.Run(Signature, loop, new() { Fuel = 1000 }, 50));
        Assert.Equal(HoleTrap.Fuel, Both.Run(Signature, loop, new() { Fuel = 1000 }, 100));
        Assert.Equal(992, Both.Run(Signature, array, new() { MemoryBytes = 1000 }, 992));
        Assert.Equal(HoleTrap.Memory, Both.Run(Signature, array, new() { MemoryBytes = 1000 }, 993));
    }

    // A hole that nobody calls is no function of its own in the module: its depth, its fuel and its arguments count all the same.
    [Fact]
    public void Run_HoleThatIsTheModulesRun_CountsAsACall()
    {
        string big = $"static int F(int x) => {string.Join(" + ", Enumerable.Repeat("x", 70))};";
        Assert.Equal(HoleTrap.Depth, Both.Run(Signature, big, new() { Depth = 2 }, 1)); // 1 + 139 / 64 nodes
        Assert.Equal(70, Both.Run(Signature, big, new() { Depth = 3 }, 1));

        string bigger = $"static int F(int x) {{ {string.Concat(Enumerable.Range(0, 100).Select(i => $"int a{i} = x + {i} * x; "))} return {string.Join(" + ", Enumerable.Range(0, 100).Select(i => $"a{i}"))}; }}";
        Assert.Equal(100 + 4950, Both.Run(Signature, bigger, new(), 1));

        const string changed = "static int F(int x) { x = x + 1; x += 2; return x; }";
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryCompile(changed, out HoleProgram? program, out _));
        using HoleInstance run = program.Start();
        Assert.Equal([4, 4], new[] { run.Call(1), run.Call(1) });
        program.Dispose();
    }

    // The import, the maker of arrays, the hole as a function, a helper, and run: every index of a module at once.
    [Fact]
    public void Run_HelperThatCallsTheHoleBack_ReachesIt()
    {
        const string back = "static int F(int x) => x <= 0 ? (int)Math.Exp(1.0) : G(x) + 1;\nstatic int G(int x) { int[] a = new int[x]; a[0] = F(x - 1); return a[0] + a.Length; }";
        Assert.Equal(2 + 3 + (3 + 2 + 1), Both.Run(Signature, back, new(), 3));
    }

    [Fact]
    public void Run_ArgumentsBeyondTheMemory_TrapsAsTheCandidatesOwnArraysDo()
    {
        HoleSignature signature = HoleSignature.Of<Func<int[], int>>("F");

        Assert.Equal(HoleTrap.Memory, Both.Run(signature, "static int F(int[] x) => x.Length;", new() { MemoryBytes = 800 }, new int[200]));
        Assert.Equal(198, Both.Run(signature, "static int F(int[] x) => x.Length;", new() { MemoryBytes = 800 }, new int[198])); // the control: 8 + 4 * 198 bytes
    }

    // Half a megabyte of stack has to hold a depth of 500, whatever the frames look like: else the machine's own overflow decides.
    [Fact]
    public void Run_DeepestRecursionWithTheBiggestFrames_StopsAtTheLimitOfDepth()
    {
        string locals = string.Concat(Enumerable.Range(0, 90).Select(i => $"double a{i} = x + {i};\n"));
        string sum = string.Join(" + ", Enumerable.Range(0, 90).Select(i => $"a{i}"));
        string big = $"static int F(int x) => (int)G(x);\nstatic double G(double x)\n{{\n{locals}double r = G(x + 1);\nreturn r + {sum};\n}}";
        string arguments = string.Join(", ", Enumerable.Range(0, 32).Select(i => $"x{i}"));
        string parameters = string.Join(", ", Enumerable.Range(0, 32).Select(i => $"double x{i}"));
        string wide = $"static int F(int x) => (int)G({string.Join(", ", Enumerable.Range(0, 32).Select(i => $"x + {i}.5"))});\nstatic double G({parameters}) => G({arguments}) + x1 + x31;";
        const string small = "static int F(int x) => F(x + 1) + 1;";

        Assert.All([big, wide, small], source => Assert.Equal(HoleTrap.Depth, Both.Run(Signature, source, new(), 0)));
    }

    // At the bounds of parameters and of depth: as many calls as fit, and one more.
    [Fact]
    public void Run_MostParameters_InterpreterAndModuleAgree()
    {
        string numbers = string.Join(", ", Enumerable.Range(0, 31).Select(i => $"x + {i}.5"));
        string parameters = string.Join(", ", Enumerable.Range(0, 31).Select(i => $"double a{i}"));
        string turned = string.Join(", ", Enumerable.Range(1, 31).Select(i => $"a{i % 31}"));
        string source = $"static double F(int x) => G(x, {numbers});\nstatic double G(int n, {parameters}) => n == 0 ? a0 : G(n - 1, {turned}) + a1 * n;";
        HoleSignature signature = HoleSignature.Of<Func<int, double>>("F");

        Assert.IsType<double>(Both.Run(signature, source, new(), 497)); // F counts twice
        Assert.Equal(HoleTrap.Depth, Both.Run(signature, source, new(), 498));
    }

    [Theory]
    [InlineData(33)]
    [InlineData(130)]
    public void TryRead_TooManyParameters_Refused(int count)
    {
        string helper = $"static int G({string.Join(", ", Enumerable.Range(0, count).Select(i => $"int a{i}"))}) => a0;";

        Assert.Contains(Refusals($"static int F(int x) => x;\n{helper}"), r => r.Line == 2 && r.Reason.Contains($"G takes {count} parameters; 32 are allowed", StringComparison.Ordinal));
    }

    // A hole takes what its host wants it to take; only itself it cannot call then.
    [Fact]
    public void Run_HoleOfManyParameters_CannotCallItself()
    {
        HoleSignature signature = new("F", HoleType.Int, [.. Enumerable.Repeat(HoleType.Int, 130)]);
        string header = $"static int F({string.Join(", ", Enumerable.Range(0, 130).Select(i => $"int a{i}"))})";

        Assert.Equal(129, Both.Run(signature, $"{header} => a129;", new(), [.. Enumerable.Range(0, 130).Select(i => (object)i)]));
        Assert.False(new HoleCompiler(signature).TryRead($"{header} => F({string.Join(", ", Enumerable.Range(0, 130).Select(i => $"a{i}"))});", out _, out IReadOnlyList<Refusal> refusals));
        Assert.Contains("cannot be called from inside", refusals[0].Reason, StringComparison.Ordinal);
    }

    // What is printed is longer than what was read: one statement a line, with braces. It is stored, so it has to be read again.
    [Theory]
    [MemberData(nameof(TooMuchWrittenOut))]
    public void TryRead_TextThatPrintsPastALimit_RefusedAtOnce(string body)
    {
        Assert.NotEmpty(Refusals($"static int F(int x) {{ {body} return x; }}"));
    }

    [Fact]
    public void TryRead_TextsNearTheLimits_AreReadFromTheirPrintToo()
    {
        HoleCompiler compiler = new(Signature);
        int[] taken = [.. Enumerable.Range(0, 15).Where(n => compiler.TryRead($"static int F(int x) {{ for (;;) {{ for (;;) {{ for (;;) {{ {string.Concat(Enumerable.Repeat("if (x > 12) {\nx++;\n}\n", 10 * n))} }} }} }} }}", out HoleSyntax? syntax, out _) && IsReadAgain(syntax))];

        Assert.Equal(Enumerable.Range(0, taken.Length), taken); // up to some size, and none beyond
        Assert.InRange(taken.Length, 5, 14);

        bool IsReadAgain(HoleSyntax syntax)
        {
            Assert.True(compiler.TryRead(syntax.ToString(), out HoleSyntax? again, out IReadOnlyList<Refusal> refusals), string.Join(' ', refusals));
            return syntax.Equals(again);
        }
    }

    public static TheoryData<string> TooMuchWrittenOut => new(
        $"for (;;) {{ for (;;) {{ {string.Concat(Enumerable.Repeat("if (x > 12) {\nx++;\n}\n", 140))} }} }}",
        $"if (x is {string.Concat(Enumerable.Repeat("not ", 150))}3) x++;",
        $"{string.Concat(Enumerable.Repeat("for(;;)", 190))} x++;",
        $"if (x is {string.Join(" or ", Enumerable.Range(0, 180))}) x++;");

    // C# finds out at length which patterns can still match.
    [Fact]
    public void TryRead_TooManyTestsInOneSwitch_Refused()
    {
        string arms = string.Concat(Enumerable.Range(0, 33).Select(i => $"not {i} when x > {i} => {i}, "));
        string ranges = string.Join(" or ", Enumerable.Range(0, 33).Select(i => $"(> {2 * i} and < {(2 * i) + 2})"));

        Assert.Contains("in one switch", Refusals($"static int F(int x) => x switch {{ {arms}_ => 0 }};")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("in one switch", Refusals($"static int F(int x) => x is {ranges} ? 1 : 0;")[0].Reason, StringComparison.Ordinal);
        Assert.True(new HoleCompiler(Signature).TryRead($"static int F(int x) => x switch {{ {string.Concat(Enumerable.Range(0, 100).Select(i => $"{i} => {i * i}, "))}_ => 0 }};", out _, out _));
    }

    [Fact]
    public void Run_OneCandidateAfterAnother_SeesNothingOfIt()
    {
        // Memory is not cleared by hand between calls of one run, only where an array is made: a candidate must not see what a call before it left.
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryCompile("static int F(int x) { int[] a = new int[1000]; int s = 0; foreach (int v in a) s |= v; for (int i = 0; i < 1000; i++) a[i] = x; return s; }",
            out HoleProgram? program, out _));
        using HoleInstance instance = program.Start();
        Func<int, int> f = instance.As<Func<int, int>>();

        Assert.Equal([0, 0, 0], [f(7), f(7), f(7)]);
        using HoleInstance other = program.Start();
        Assert.Equal(0, other.As<Func<int, int>>()(7));
    }

    // Wasmtime's signal handlers and the runtime's do not get along: a host must be able to divide by zero as before.
    [Fact]
    public void Run_HostsOwnHardwareExceptions_StayExceptions()
    {
        Assert.Equal(HoleTrap.DivisionByZero, Both.Run(Signature, "static int F(int x) => 1 / x;", new(), 0));
        int zero = TestContext.Current.CancellationToken.IsCancellationRequested ? 1 : 0;
        int[]? none = zero == 0 ? null : [];

        Assert.Throws<DivideByZeroException>(() => 1 / zero);
        Assert.Throws<NullReferenceException>(() => none!.Length);
    }

    [Fact]
    public void Run_AfterATrap_TheRunIsOver()
    {
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryCompile("static int F(int x) => 1 / x;", out HoleProgram? program, out _));
        using HoleInstance instance = program.Start();
        Func<int, int> f = instance.As<Func<int, int>>();

        Assert.Equal(1, f(1));
        Assert.Equal(HoleTrap.DivisionByZero, Assert.Throws<HoleTrapException>(() => f(0)).Trap);
        Assert.Equal(HoleTrap.DivisionByZero, Assert.Throws<HoleTrapException>(() => f(1)).Trap);
        Assert.Equal(HoleTrap.DivisionByZero, instance.Trap);
        using HoleInstance fresh = program.Start();
        Assert.Equal(1, fresh.As<Func<int, int>>()(1));
    }

    [Fact]
    public void Run_OfferedHelperThrows_TrapsWithItsMessage()
    {
        HoleSignature signature = HoleSignature.Of<Func<int, int>>("F", OfferedHelper.Of("Pick", (int i) => i is >= 0 and < 3 ? i : throw new ArgumentException("there are three")));

        Assert.Equal(HoleTrap.Helper, Both.Run(signature, "static int F(int x) => Pick(int.MaxValue);", new(), 0));
        Assert.Equal(2, Both.Run(signature, "static int F(int x) => Pick(2);", new(), 0));
        HoleCompiler compiler = new(signature);
        Assert.True(compiler.TryCompile("static int F(int x) => Pick(x);", out HoleProgram? program, out _));
        using HoleInstance instance = program.Start();
        HoleTrapException trap = Assert.Throws<HoleTrapException>(() => instance.Call(9));
        Assert.Contains("there are three", trap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_HelperCallsItsOwnCaller_Refused()
    {
        HoleInstance? instance = null;
        HoleSignature signature = HoleSignature.Of<Func<int, int>>("F", OfferedHelper.Of("Again", (int i) => (int)instance!.Call(i)));
        Assert.True(new HoleCompiler(signature).TryCompile("static int F(int x) => Again(x);", out HoleProgram? program, out _));
        instance = program.Start();

        Assert.IsType<InvalidOperationException>(Assert.Throws<HoleTrapException>(() => instance.Call(1)).InnerException);
        instance.Dispose();
    }

    [Theory]
    [InlineData("static int F(int x) => x * 2;", new string[0])]
    [InlineData("static int F(int x) { int[] a = new int[x]; return a.Length / x; }", new string[0])]
    [InlineData("static int F(int x) => (int)Math.Sin(x);", new[] { "host.call" })]
    [InlineData("static int F(int x) => Twice(x);", new[] { "host.call" })]
    public void Compile_EveryModule_ImportsTheHostsDoorOrNothing(string source, string[] imports)
    {
        HoleCompiler compiler = new(HoleSignature.Of<Func<int, int>>("F", OfferedHelper.Of("Twice", (int i) => 2 * i)));

        Assert.True(compiler.TryCompile(source, out HoleProgram? program, out _));

        Assert.Equal(imports, program.Imports);
    }

    [Fact]
    public void Call_WrongArguments_ThrowsAndTheRunGoesOn()
    {
        HoleCompiler compiler = new(Signature);
        Assert.True(compiler.TryCompile("static int F(int x) => x;", out HoleProgram? program, out _));
        HoleInstance instance = program.Start();

        Assert.Throws<ArgumentException>(() => instance.Call(1.0));
        Assert.Throws<ArgumentException>(() => instance.Call());
        Assert.Throws<InputException>(() => instance.As<Func<double, int>>());
        Assert.Equal(3, instance.Call(3));
        instance.Dispose();
        Assert.Throws<ObjectDisposedException>(() => instance.Call(3));
    }

    [Fact]
    public void Signature_TypesThatCannotCross_RefusedInASentence()
    {
        Assert.Contains("System.String", Assert.Throws<InputException>(() => HoleSignature.Of<Func<string, int>>("F")).Message, StringComparison.Ordinal);
        Assert.Contains("returns nothing", Assert.Throws<InputException>(() => new HoleSignature("F", HoleType.Void, [])).Message, StringComparison.Ordinal);
        Assert.Contains("array cannot be handed", Assert.Throws<InputException>(() => OfferedHelper.Of("G", (int[] a) => a.Length)).Message, StringComparison.Ordinal);
        Assert.Contains("identifier", Assert.Throws<InputException>(() => HoleSignature.Of<Func<int, int>>("F; evil")).Message, StringComparison.Ordinal);
        Assert.Contains("identifier", Assert.Throws<InputException>(() => HoleSignature.Of<Func<int, int>>("class")).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Refusal> Refusals(string source)
    {
        Assert.False(new HoleCompiler(Signature).TryRead(source, out _, out IReadOnlyList<Refusal> refusals), source);
        return refusals;
    }
}

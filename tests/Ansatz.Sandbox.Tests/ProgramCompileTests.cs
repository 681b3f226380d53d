namespace Ansatz.Sandbox.Tests;

[Collection(Sandboxes.Processes)]
public sealed class ProgramCompileTests(ProgramCompileTests.Kept kept) : IClassFixture<ProgramCompileTests.Kept>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // What programs are made of; each gives what C# gives.
    [Theory]
    [InlineData("class Program { static string Run(string input) => string.Concat(input.Reverse()); }", "cba")]
    [InlineData("class Program { static string Run(string input) => (0.5 + 1e-3 * 0 + (double)2.5m + input.Length).ToString(); }", "6")] // literals take an assembly of their own
    [InlineData("""
        public static class Program
        {
            record Item(string Name, int Size) { public int Twice => 2 * Size; }
            record struct Point(int X, int Y);
            enum Side { Left, Right }
            interface IShape { double Area { get; } }
            sealed class Square(double side) : IShape { public double Area => side * side; }
            static IEnumerable<int> Numbers(int n) { for (int i = 0; i < n; i++) yield return i; }
            static T Most<T>(IEnumerable<T> of) where T : IComparable<T> => of.Aggregate((a, b) => a.CompareTo(b) > 0 ? a : b);
            public static string Run(string input)
            {
                List<Item> items = [new("a", 1), new("b", 2), new("b", 2)];
                Dictionary<string, List<int>> by = items.GroupBy(i => i.Name).ToDictionary(g => g.Key, g => g.Select(i => i.Twice).ToList());
                var p = new Point(1, 2) with { Y = 3 };
                (int x, int y) = (p.X, p.Y);
                int total = 0;
                foreach ((string key, List<int> sizes) in by) total += sizes.Sum() * key.Length;
                Func<int, int> f = n => n + total;
                int[,] grid = new int[2, 2]; grid[1, 1] = 5;
                Span<int> span = new int[] { 3, 1, 2 }; span.Sort();
                return $"{Most(Numbers(4))} {items.Distinct().Count()} {x + y} {f(1)} {grid[1, 1]} {span[0]} {Side.Right} {new Square(2).Area:F1} {p} {items[0]} {input switch { "abc" => "yes", _ => "no" }} {input[^1]} {input[..2]}";
            }
        }
        """, "3 2 4 11 5 1 Right 4.0 Point { X = 1, Y = 3 } Item { Name = a, Size = 1, Twice = 2 } yes c ab")]
    [InlineData("""
        using System.Numerics; using System.Text.RegularExpressions;
        class Program
        {
            static readonly Dictionary<char, int> Values = new() { ['a'] = 1, ['b'] = 2 };
            delegate int Fold(int a, int b);
            static string Run(string input)
            {
                StringBuilder text = new();
                PriorityQueue<string, int> queue = new(); queue.Enqueue("late", 2); queue.Enqueue("soon", 1);
                SortedDictionary<int, string> sorted = new() { [2] = "two", [1] = "one" };
                HashSet<int> set = [1, 2, 3]; set.ExceptWith([2]);
                Fold fold = (a, b) => a * 10 + b;
                try { text.Append(int.Parse("x")); } catch (FormatException) { text.Append("bad "); } finally { text.Append("end "); }
                text.Append(queue.Dequeue()).Append(' ').AppendJoin(',', sorted.Values).Append(' ').Append(string.Join("", set));
                text.AppendLine().Append(Regex.Replace(input, "[ab]", m => Values[m.Value[0]].ToString())).Append(BigInteger.Pow(2, 70)).Append(fold(1, 2));
                return text.ToString() + 1.5m + 'c' + 2 + null + true;
            }
        }
        """, "bad end soon one,two 13\n12c1180591620717411303424121.5c2True")]
    public async Task RunAsync_ProgramOfTheUsualParts_AnswersAsCSharpDoes(string source, string answer)
    {
        if (await kept.OpenAsync() is not { } sandbox)
        {
            return;
        }

        ProgramRun run = await sandbox.RunAsync(source, ["abc"], Cancellation);

        Assert.Empty(run.Refusals);
        Assert.Equal([new(answer, null)], run.Answers);
    }

    [Theory]
    [InlineData("return System.IO.File.ReadAllText(input);", "System.IO.File.ReadAllText is not offered")]
    [InlineData("return Environment.GetEnvironmentVariable(input);", "System.Environment.GetEnvironmentVariable is not offered")]
    [InlineData("Environment.Exit(1); return \"\";", "System.Environment.Exit is not offered")]
    [InlineData("return DateTime.Now.ToString();", "System.DateTime.Now is not offered")]
    [InlineData("new System.Threading.Thread(() => { }).Start(); return \"\";", "System.Threading.Thread..ctor is not offered")]
    [InlineData("System.Threading.Tasks.Task.Run(() => 1).Wait(); return \"\";", "System.Threading.Tasks.Task.Run is not offered")]
    [InlineData("return typeof(string).Assembly.FullName;", "System.Type.Assembly is not offered")]
    [InlineData("return input.GetType().Name;", "System.Object.GetType is not offered")]
    [InlineData("return ((Func<string>)System.IO.Directory.GetCurrentDirectory)();", "System.IO.Directory.GetCurrentDirectory is not offered")]
    [InlineData("return new Func<string, string>(System.IO.File.ReadAllText)(input);", "System.IO.File.ReadAllText is not offered")]
    [InlineData("GC.Collect(); return \"\";", "System.GC.Collect is not offered")]
    [InlineData("return System.Runtime.CompilerServices.Unsafe.As<string>(new object());", "System.Runtime.CompilerServices.Unsafe.As is not offered")]
    [InlineData("return System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref input, 100)[99];", "System.Runtime.InteropServices.MemoryMarshal.CreateSpan is not offered")]
    [InlineData("return System.Runtime.InteropServices.Marshal.ReadInt32(default).ToString();", "is not offered")]
    [InlineData("Span<int> s = stackalloc int[10]; return s.Length.ToString();", "stackalloc")]
    [InlineData("nint n = input.Length; return n.ToString();", "native-sized number")]
    [InlineData("int[] a = [1, 2]; return a[(long)input.Length].ToString();", "an index of type long")]
    [InlineData("dynamic d = input; return d.Length.ToString();", "Missing compiler required member")]
    [InlineData("unsafe { int x = 1; int* p = &x; return (*p).ToString(); }", "Unsafe code may only appear if compiling with /unsafe")]
    [InlineData("Console.WriteLine(input); return \"\";", "The name 'Console' does not exist")]
    [InlineData("return new System.Net.Sockets.Socket(default, default, default).ToString();", "does not exist in the namespace 'System.Net'")]
    [InlineData("System.Linq.Expressions.Expression<Func<int>> e = () => 1; return \"\";", "does not exist in the namespace 'System.Linq'")]
    [InlineData("return 1;", "Cannot implicitly convert type 'int' to 'string'")]
    [InlineData("return \u0430;", "name")]
    public async Task CompileAsync_WhatIsNotOffered_RefusedWithItsLine(string body, string reason)
    {
        if (await kept.OpenAsync() is not { } sandbox)
        {
            return;
        }

        ProgramCompilation compilation = await sandbox.CompileAsync($"class Program\n{{\nstatic string Run(string input) {{\n{body} }}\n}}", Cancellation);

        Assert.Null(compilation.Program);
        Assert.Contains(compilation.Refusals, r => r.Line == 4 && r.Reason.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid(); static string Run(string input) => getpid().ToString();", "Native functions")]
    [InlineData("static extern int getpid(); static string Run(string input) => getpid().ToString();", "not plain intermediate code")]
    [InlineData("[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)] struct Both { [System.Runtime.InteropServices.FieldOffset(0)] public object A; [System.Runtime.InteropServices.FieldOffset(0)] public string B; } static string Run(string input) => new Both { A = input }.B;", "Explicit layout")]
    [InlineData("[System.Runtime.CompilerServices.ModuleInitializer] internal static void M() { } static string Run(string input) => input;", "ModuleInitializerAttribute is not offered")]
    [InlineData("[ThreadStatic] static int a; static string Run(string input) => a.ToString();", "ThreadStaticAttribute is not offered")]
    [InlineData("~Program() { while (true) { } } static string Run(string input) => input;", "System.Object.Finalize is not offered")]
    [InlineData("static async System.Threading.Tasks.Task<int> F() => 1; static string Run(string input) => F().Result.ToString();", "is not offered")]
    [InlineData("[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.InternalCall)] static extern int F(); static string Run(string input) => F().ToString();", "not plain intermediate code")]
    [InlineData("static string run(string input) => input;", "a method static string Run(string input)")]
    [InlineData("static string Run(string input) => input + \"\u202e\";", "U+202E cannot be seen")]
    [InlineData("static string Run(string input) => input + \"\u001b[31m\";", "U+001B cannot be seen")]
    [InlineData("static string Run(string input) => input; // \U000e0069\U000e0067", "The character U+E0069 cannot be seen, and is not allowed; write it as \\U000e0069 in a text")]
    [InlineData("static string Run(string input) => \"\U000e0100\";", "U+E0100 cannot be seen")]
    [InlineData("[Obsolete] [CLSCompliant(true)] static string Run(string input) => input;", "CLSCompliantAttribute is not offered")]
    public async Task CompileAsync_MembersThatAreNoProgram_Refused(string members, string reason)
    {
        if (await kept.OpenAsync() is not { } sandbox)
        {
            return;
        }

        ProgramCompilation compilation = await sandbox.CompileAsync($"class Program {{ {members} }}", Cancellation);

        Assert.Null(compilation.Program);
        Assert.Contains(compilation.Refusals, r => r.Reason.Contains(reason, StringComparison.Ordinal));
        Assert.All(compilation.Refusals, r => Assert.True(r.Reason.Length < 500 && r.Reason.All(c => c is >= ' ' and <= '~'), r.Reason));
    }

    // A well-known attribute counts by its name wherever it is declared: the check sees what came of it.
    [Fact]
    public async Task CompileAsync_OwnAttributesOfWellKnownNames_AreSeenAsWhatTheyBecome()
    {
        if (await kept.OpenAsync() is not { } sandbox)
        {
            return;
        }

        ProgramCompilation compilation = await sandbox.CompileAsync("""
            namespace System.Runtime.InteropServices { class DllImportAttribute(string name) : System.Attribute { } }
            class Program
            {
                [System.Runtime.InteropServices.DllImport("libc")] static extern int getpid();
                static string Run(string input) => getpid().ToString();
            }
            """, Cancellation);

        Assert.Contains(compilation.Refusals, r => r.Reason.Contains("Native functions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CompileAsync_CompilerBombs_EndTheCompilerAndNothingElse()
    {
        using ProgramSandbox? sandbox = await Sandboxes.OpenAsync(new() { CompileTime = TimeSpan.FromSeconds(1) });
        if (sandbox is null)
        {
            return;
        }

        const string nested = "class A<T1, T2, T3, T4> { class B : A<B, B, B, B> { B.B.B.B.B.B.B.B.B.B.B.B.B x; } } class Program { static string Run(string input) => input; }";
        string deep = $"class Program {{ static string Run(string input) => {new string('(', 30_000)}input{new string(')', 30_000)}; }}";

        Assert.Contains("did not come to an end", Assert.Single((await sandbox.CompileAsync(nested, Cancellation)).Refusals).Reason, StringComparison.Ordinal);
        Assert.NotEmpty((await sandbox.CompileAsync(deep, Cancellation)).Refusals);
        Assert.Contains("characters", Assert.Single((await sandbox.CompileAsync(new string('x', 1_000_000), Cancellation)).Refusals).Reason, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single((await sandbox.RunAsync("class Program { static string Run(string input) => input; }", ["a"], Cancellation)).Answers).Text);
    }

    [Fact]
    public async Task CompileAsync_CharactersBeyondTheFirstPlane_AreTextLikeAny()
    {
        if (await kept.OpenAsync() is not { } sandbox)
        {
            return;
        }

        ProgramRun run = await sandbox.RunAsync("class Program { static string Run(string input) => \"\U0001f600\u2764\ufe0f\" + input; }", ["a"], Cancellation);

        Assert.Equal("\U0001f600\u2764\ufe0fa", Assert.Single(run.Answers).Text);
        Assert.Contains("U+D83D cannot be seen", Assert.Single((await sandbox.CompileAsync("class Program { /* \ud83d */ }", Cancellation)).Refusals).Reason, StringComparison.Ordinal); // half of one
    }

    [Fact]
    public async Task CompileAsync_Twice_GivesTheSameBytes()
    {
        if (await kept.OpenAsync() is not { } sandbox)
        {
            return;
        }

        const string source = "class Program { static string Run(string input) => string.Join(',', input.Select(c => (int)c)); }";
        ProgramCompilation first = await sandbox.CompileAsync(source, Cancellation), second = await sandbox.CompileAsync(source, Cancellation);

        Assert.Equal(first.Program!.Image, second.Program!.Image);
    }

    /// <summary>One sandbox for the class: its compiler takes seconds to warm up.</summary>
    public sealed class Kept : IDisposable
    {
        private ProgramSandbox? _sandbox;

        public async Task<ProgramSandbox?> OpenAsync() => _sandbox ??= await Sandboxes.OpenAsync();

        public void Dispose() => _sandbox?.Dispose();
    }
}

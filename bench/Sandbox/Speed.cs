using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Ansatz.Sandbox;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Bench.Sandbox;

/// <summary>Times the sandbox and, as its peer, the same text compiled by Roslyn into a delegate of this process, which protects from nothing.</summary>
internal static class Speed
{
    private const string Priority = """
        static double F(double item, double bin)
        {
            double gap = bin - item;
            if (gap <= 1.CONSTANT)
            {
                return 1000 - gap;
            }

            return gap >= 22 ? gap : -gap * Math.Sqrt(item);
        }
        """;

    private const string Steps = "static double F(double n, double x) { double s = 0; for (int i = 0; i < (int)n; i++) s = s * 0.5 + x; return s; }";
    private const string Squares = "static double F(double n, double x) { double[] a = new double[1000]; double s = 0; for (int k = 0; k < (int)n; k++) for (int i = 0; i < a.Length; i++) { a[i] += x; s += a[i] * a[i]; } return s; }";
    private const string Exps = "static double F(double n, double x) { double s = 0; for (int i = 0; i < (int)n; i++) s += Math.Exp(x); return s; }";
    private const string Helpers = "static double F(double n, double x) { double s = 0; for (int i = 0; i < (int)n; i++) s += Same(x); return s; }";
    private const string Sum = "static double F(double[] a, double x) => a[0] + x;";
    private const string Endless = "static double F(double n, double x) { while (true) { } }";

    private static readonly MetadataReference[] References = [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)];

    public static string Machine() => $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}";

    public static IReadOnlyList<Cell> Measure(int share)
    {
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double, double>>("F", OfferedHelper.Of("Same", (double x) => x)), new() { Fuel = 1_000_000_000_000 });
        int rounds = share == 1 ? 5 : 2;
        Dictionary<string, (string Unit, List<double> Sandbox, List<double> Native)> cells = [];
        Console.WriteLine($"first compile {Low(1, () => Compile(compiler, Priority).Dispose()):0} ms");
        for (int round = -1; round < rounds; round++) // round -1 warms up
        {
            int compiled = Math.Max(2, 40 / share);
            int number = 1000 * (round + 1);
            Add("compile a candidate", "ms", round, Low(compiled, () => Compile(compiler, Variant(number++)).Dispose()), Low(compiled, () => Native(Variant(number++))));

            using HoleProgram priority = Compile(compiler, Variant(number++));
            Add("start a run and call it 5,050 times", "ms", round, Low(Math.Max(2, 200 / share), () => Table(priority)), double.NaN);
            Func<double, double, double> native = Native(Variant(number++));
            using (HoleInstance instance = priority.Start())
            {
                Func<double, double, double> inSandbox = instance.As<Func<double, double, double>>();
                Add("a call", "ns", round, Nanoseconds(inSandbox, 1_000_000 / share), Nanoseconds(native, 10_000_000 / share));
            }

            Add("a step of a loop: s = s * 0.5 + x", "ns", round, Inside(Compile(compiler, Steps), 3_000_000 / share), Inside(Native(Steps), 3_000_000 / share));
            Add("an element of an array: read, write, read, square", "ns", round, Inside(Compile(compiler, Squares), 3_000 / share) / 1000, Inside(Native(Squares), 3_000 / share) / 1000);
            Add("Math.Exp from inside", "ns", round, Inside(Compile(compiler, Exps), 300_000 / share), Inside(Native(Exps), 3_000_000 / share));
            Add("an offered helper from inside", "ns", round, Inside(Compile(compiler, Helpers), 300_000 / share), double.NaN);
            Add("a call with an array of 1,000 doubles", "ns", round, WithArray(20_000 / share), double.NaN);
            Add("an endless loop, stopped after 100,000,000 fuel", "ms", round, Low(1, Endlessly), double.NaN);
        }

        return [.. cells.Select(c => new Cell(c.Key, c.Value.Unit, c.Value.Sandbox, c.Value.Native))];

        void Add(string what, string unit, int round, double sandbox, double native)
        {
            if (round < 0)
            {
                return;
            }

            if (!cells.TryGetValue(what, out (string Unit, List<double> Sandbox, List<double> Native) cell))
            {
                cells.Add(what, cell = (unit, [], []));
            }

            cell.Sandbox.Add(sandbox);
            if (!double.IsNaN(native))
            {
                cell.Native.Add(native);
            }
        }
    }

    // No two candidates are the same text, as in a search.
    private static string Variant(int number) => Priority.Replace("CONSTANT", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static HoleProgram Compile(HoleCompiler compiler, string source) => compiler.TryCompile(source.Replace("CONSTANT", "0", StringComparison.Ordinal), out HoleProgram? program, out IReadOnlyList<Refusal> refusals)
        ? program
        : throw new InvalidOperationException(refusals[0].ToString());

    private static Func<double, double, double> Native(string source)
    {
        string text = "using System; public static class Candidate { public " + source.Replace("CONSTANT", "0", StringComparison.Ordinal) + " }";
        CSharpCompilation compilation = CSharpCompilation.Create("Native", [CSharpSyntaxTree.ParseText(text)], References,
            new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false));
        using MemoryStream image = new();
        if (!compilation.Emit(image).Success)
        {
            throw new InvalidOperationException("The native peer does not compile.");
        }

        image.Position = 0;
        AssemblyLoadContext context = new("native", isCollectible: true);
        Func<double, double, double> method = context.LoadFromStream(image).GetType("Candidate")!.GetMethod("F")!.CreateDelegate<Func<double, double, double>>();
        context.Unload();
        method(1, 2); // compiled to machine code by the first call
        return method;
    }

    private static void Table(HoleProgram program)
    {
        using HoleInstance instance = program.Start();
        Func<double, double, double> priority = instance.As<Func<double, double, double>>();
        for (int bin = 1; bin <= 100; bin++)
        {
            for (int item = 1; item <= bin; item++)
            {
                priority(item, bin);
            }
        }
    }

    private static double Nanoseconds(Func<double, double, double> call, int times)
    {
        int batch = times / 200;
        return Low(200, () =>
        {
            for (int i = 0; i < batch; i++)
            {
                call(i & 63, 50);
            }
        }) * 1e6 / batch;
    }

    private static double Inside(HoleProgram program, int steps)
    {
        using (program)
        {
            using HoleInstance instance = program.Start();
            return Inside(instance.As<Func<double, double, double>>(), steps);
        }
    }

    private static double Inside(Func<double, double, double> function, int steps)
    {
        function(1000, 0.7);
        int batch = Math.Max(1, steps / 30);
        return Low(30, () => function(batch, 0.7)) * 1e6 / batch;
    }

    private static double WithArray(int times)
    {
        HoleCompiler compiler = new(HoleSignature.Of<Func<double[], double, double>>("F"));
        using HoleProgram program = Compile(compiler, Sum);
        using HoleInstance instance = program.Start();
        Func<double[], double, double> call = instance.As<Func<double[], double, double>>();
        double[] numbers = new double[1000];
        call(numbers, 0);
        return Low(times / 100, () =>
        {
            for (int i = 0; i < 100; i++)
            {
                call(numbers, i);
            }
        }) * 1e6 / 100;
    }

    private static void Endlessly()
    {
        HoleCompiler compiler = new(HoleSignature.Of<Func<double, double, double>>("F"));
        using HoleProgram program = Compile(compiler, Endless);
        using HoleInstance instance = program.Start(fuel: 100_000_000);
        try
        {
            instance.As<Func<double, double, double>>()(0, 0);
        }
        catch (HoleTrapException e) when (e.Trap == HoleTrap.Fuel)
        {
        }
    }

    // The 10th percentile of the times, in milliseconds: what it takes when nobody else is running.
    private static double Low(int times, Action action)
    {
        double[] all = new double[times];
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            all[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(all);
        return all[times / 10];
    }

    private static string Processor() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : RuntimeInformation.ProcessArchitecture.ToString();
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Ansatz.Language;

namespace Ansatz.LocalModels.Tests;

/// <summary>
/// What needs a process of its own: other kernels (chosen once a process), a second process, one that is killed. The test program starts itself
/// again with a task in its environment, and does that instead of testing.
/// </summary>
internal static class ChildProcess
{
    private const string Task = "ANSATZ_TEST_TASK", Argument = "ANSATZ_TEST_ARGUMENT";

    /// <summary>On the shipped weights: mean negative log-likelihood of the 100 sentences, the worst difference of a next token, and the kernels.</summary>
    public const string WithFastestKernels = "fastest";

    /// <summary>The bits of a block.</summary>
    public const string BitsOfBlock = "bits";

    /// <summary>Loads the shipped model with the argument as its cache folder; says its identity.</summary>
    public const string LoadWithCacheFolder = "load";

    /// <summary>Starts the test program with a task; its output is redirected.</summary>
    public static Process Start(string task, string argument = "")
    {
        string program = Environment.ProcessPath!;
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        start.Environment[Task] = task;
        start.Environment[Argument] = argument;
        return Process.Start(start)!;
    }

    /// <summary>Runs a task to its end and returns what it wrote.</summary>
    public static async Task<string> RunAsync(string task, string argument, CancellationToken cancellationToken)
    {
        using Process process = Start(task, argument);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            Assert.Equal("", await errors);
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        finally
        {
            process.Kill(); // where the test was cancelled; nothing happens to one that has ended
        }
    }

    /// <summary>Runs a task that computes, while this process computes nothing: two engines on the same cores stall each other.</summary>
    public static async Task<string> ComputeAsync(string task, CancellationToken cancellationToken)
    {
        await NativeEngine.Turn.WaitAsync(cancellationToken);
        try
        {
            return await RunAsync(task, "", cancellationToken);
        }
        finally
        {
            NativeEngine.Turn.Release();
        }
    }

    /// <summary>Scores a block.</summary>
    public static Task<ContinuationScores> ScoreBlockAsync(EmbeddedModel model) =>
        model.ScoreAsync("Sort each message.\n", [.. Reference.Sentences.Take(9).Select(static s => s + "\nKind:")], [" travel", " small talk"], firstTokenOnly: false, CancellationToken.None);

    /// <summary>A block's numbers as text that shows every bit.</summary>
    public static string BitsOf(ContinuationScores scores) =>
        string.Join(' ', scores.LogProbabilities.SelectMany(static row => row).Select(static p => BitConverter.DoubleToInt64Bits(p).ToString("x", CultureInfo.InvariantCulture)));

#pragma warning disable CA2255 // it is the program's own start: the entry point is generated, and cannot be asked to do anything else
    [ModuleInitializer]
    public static void RunTask()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Task) is { } task)
        {
            Console.Write(ResultOf(task, Environment.GetEnvironmentVariable(Argument) ?? ""));
            Environment.Exit(0);
        }
    }

    // Synchronous: until the initializer returns, no other thread may run code of this assembly.
    private static string ResultOf(string task, string argument)
    {
        using EmbeddedModel model = EmbeddedModel.Load(task switch
        {
            WithFastestKernels => new() { Kernels = Kernels.Fastest, Requantize = false, Threads = 1 },
            LoadWithCacheFolder => new() { CacheFolder = argument },
            _ => new() { Threads = 1 },
        });
        return task switch
        {
            WithFastestKernels => string.Create(
                CultureInfo.InvariantCulture,
                $"{Numbers.MeanNllAsync(model).GetAwaiter().GetResult()} {Numbers.WorstNextTokenAsync(model).GetAwaiter().GetResult()} {model.Kernels}"),
            BitsOfBlock => BitsOf(ScoreBlockAsync(model).GetAwaiter().GetResult()),
            _ => model.Identity.ToJsonString(),
        };
    }
}

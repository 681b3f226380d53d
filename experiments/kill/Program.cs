// Kills a study with SIGKILL from another process, gives the same command again, and compares: the same history, byte for byte, and nothing that was committed
// asked again. First on the embedded model, at times drawn uniformly over the whole length - while it loads, re-quantises, searches, commits, judges, writes
// its report; then of a study of a program, in the sandbox for holes and in processes of their own, of which every other kill hits one; then over all optimizers
// of prompts, on a server that counts what it is asked.
//
//   dotnet run -c Release --project experiments/kill                              three times 50 kills and 104, seeds of their own, an hour: writes docs/resume.md
//   dotnet run -c Release --project experiments/kill -- optimizers                one part alone: embedded, programs, processes, optimizers
//   dotnet run -c Release --project experiments/kill -- embedded 10 1234          10 kills, seed 1234, written nowhere
//   dotnet run -c Release --project experiments/kill -- --page                    only writes the page again
using System.Globalization;
using Ansatz.Experiments.Kill;

string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Ansatz.slnx")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
}

string folder = Path.Combine(root, "experiments", "kill", "results");
int[] numbers = [.. args.Where(a => a.All(char.IsAsciiDigit)).Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
string[] parts = [.. args.Where(a => a is "embedded" or "programs" or "processes" or "optimizers")];
bool isWhole = true;
foreach (string part in args.Contains("--page") ? [] : parts.Length > 0 ? parts : ["embedded", "programs", "processes", "optimizers"])
{
    long seed = numbers.Length > 1 ? numbers[1] : Environment.TickCount64;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part}, seed {seed}"));
    DirectoryInfo scratch = Directory.CreateTempSubdirectory("ansatz-kill-");
    try
    {
        (string csv, bool isSame) = part != "optimizers"
            ? await StudyKills.RunAsync(
                part switch { "embedded" => StudyKills.Embedded, "programs" => StudyKills.Program(root), _ => StudyKills.Processes(root) }, root, scratch, numbers.Length > 0 ? numbers[0] : 50, seed, ofWorkers: part == "processes")
            : await OptimizerKills.RunAsync(root, scratch, numbers.Length > 0 ? numbers[0] : 13, seed);
        isWhole &= isSame;
        if (numbers.Length == 0)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{part}.csv"), csv);
        }
    }
    finally
    {
        scratch.Delete(recursive: true);
    }
}

if (numbers.Length == 0)
{
    ResumePage.Write(Path.Combine(root, "docs", "resume.md"), folder);
}

return isWhole ? 0 : 1;

// How many rollouts a race needs to choose as well as evaluating every candidate on every validation item, on planted candidates whose true qualities are
// known. Writes results.csv beside this file and docs/racing.md from it:
//
//   dotnet run -c Release --project experiments/racing
//   dotnet run -c Release --project experiments/racing -- --page    only writes the page again
using System.Diagnostics;
using Ansatz.Experiments.Racing;

const int Seeds = 20, Worlds = 100, Candidates = 48;
int[] sizes = [80, 160, 320];
long start = Stopwatch.GetTimestamp();
string root = Root();
string csv = Path.Combine(root, "experiments", "racing", "results.csv");
List<RacingRow> rows = [];
foreach (WorldKind kind in args.Contains("--page") ? [] : WorldKind.All)
{
    foreach (int validation in sizes)
    {
        // Every design chooses among the same candidates in the same worlds.
        Take(kind, validation, Candidates, [Design.Full, .. Design.Races, .. Design.Halvings, Design.TrainThenFinalists(5)]);
        // As many rollouts as the default of a few-shot search takes, spent on a race among more candidates.
        double spent = (Candidates * 40) + (5 * validation);
        double race = rows.Where(r => r.World == kind.Name && r.Validation == validation && r.Design == Design.NameOf(Design.Shipped)).Average(r => r.Rollouts);
        Take(kind, validation, (int)(Candidates * spent / race), [Design.Race(Design.Shipped)]);
    }
}

if (rows.Count > 0)
{
    File.WriteAllText(csv, string.Join('\n', [RacingRow.CsvHeader, .. rows.Select(r => r.ToCsv()), ""]));
}

rows = [.. File.ReadLines(csv).Skip(1).Select(RacingRow.Parse)];
File.WriteAllText(Path.Combine(root, "docs", "racing.md"), RacingPage.Render(rows, Candidates, Worlds));
Console.WriteLine($"{rows.Count} rows in {Stopwatch.GetElapsedTime(start):m\\:ss}");

void Take(WorldKind kind, int validation, int candidates, Design[] designs)
{
    for (int seed = 1; seed <= Seeds; seed++)
    {
        double[] rollouts = new double[designs.Length], quality = new double[designs.Length], mean = new double[designs.Length];
        for (int n = 0; n < Worlds; n++)
        {
            long number = (seed * 100_000L) + n;
            PlantedWorld world = new(kind, candidates, train: 40, validation, number);
            for (int d = 0; d < designs.Length; d++)
            {
                (int chosen, long cost) = designs[d].Choose(world, number);
                rollouts[d] += cost / (double)Worlds;
                quality[d] += world.Quality[chosen] / Worlds;
                mean[d] += world.Mean(chosen, Ansatz.Split.Validation, validation) / Worlds;
            }
        }

        rows.AddRange(designs.Select((design, d) => new RacingRow(kind.Name, validation, candidates, design.Name, seed, rollouts[d], quality[d], mean[d])));
    }

    Console.WriteLine($"{kind.Name}, {validation} validation items, {candidates} candidates");
}

static string Root()
{
    for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Ansatz.slnx")))
        {
            return folder.FullName;
        }
    }

    throw new DirectoryNotFoundException("No Ansatz.slnx here or above: run this inside the repository.");
}

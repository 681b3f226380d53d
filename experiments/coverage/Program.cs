// How often each interval holds the truth: writes results.csv beside this file and docs/intervals.md.
using System.Diagnostics;
using Ansatz.Experiments.Coverage;

string root = Root();
long start = Stopwatch.GetTimestamp();
List<CoverageRow> rows = [];
int[] sizes = [80, 300];
foreach (int n in sizes)
{
    Take(BinaryCoverage.OfWilson(n));
}

foreach (int n in sizes)
{
    Take(BinaryCoverage.OfTango(n));
}

foreach (int n in sizes)
{
    foreach (Source source in SimulatedCoverage.Items)
    {
        Take(SimulatedCoverage.OfMeans(source, n));
    }

    foreach ((double share, double first, double second) in ((double, double, double)[])[(0.5, 0.9, 0.7), (0.9, 0.9, 0.7), (0.95, 0.95, 0.9), (0.5, 0.99, 0.99)])
    {
        Take(SimulatedCoverage.OfSummaries(share, first, second, n));
    }
}

foreach (int n in (int[])[5, 20])
{
    foreach (Source source in SimulatedCoverage.FewItems)
    {
        Take(SimulatedCoverage.OfMeans(source, n));
    }
}

Take(SimulatedCoverage.Seeds.Select(source => SimulatedCoverage.OfSeeds(source, 10)));

string csv = Path.Combine(root, "experiments", "coverage", "results.csv");
string page = Path.Combine(root, "docs", "intervals.md");
Directory.CreateDirectory(Path.GetDirectoryName(page)!);
File.WriteAllText(csv, string.Join('\n', [CoverageRow.CsvHeader, .. rows.Select(r => r.ToCsv()), ""]));
File.WriteAllText(page, IntervalsPage.Render(rows));
Console.WriteLine($"{rows.Count} rows in {Stopwatch.GetElapsedTime(start):m\\:ss}: {csv}, {page}");

void Take(IEnumerable<CoverageRow> more)
{
    foreach (CoverageRow row in more)
    {
        rows.Add(row);
        Console.WriteLine(row.ToCsv());
    }
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

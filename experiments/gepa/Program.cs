// Does GEPA's mechanism do what is claimed for it? Twenty worlds of rules, in which what can be learnt is known, and no language model.
// `docs/gepa.md` is written from the results.
//
//   dotnet run -c Release --project experiments/gepa              all arms and seeds, a few minutes; stop it and start it again as you like
//   dotnet run -c Release --project experiments/gepa -- --page    only writes the page again
//   dotnet run -c Release --project experiments/gepa -- --pilot   six other seeds, shown and not kept: the settings were chosen on such
using System.Globalization;
using Ansatz.Experiments.Reflective;

string folder = Path.Combine(Root(), "experiments", "gepa");
Results results = new(Path.Combine(folder, "results", "results.jsonl"));
if (!args.Contains("--page"))
{
    bool isPilot = args.Contains("--pilot");
    IEnumerable<int> seeds = isPilot ? Enumerable.Range(1001, 6) : Enumerable.Range(101, Arms.Seeds);
    foreach ((string world, _, _) in Arms.Worlds)
    {
        foreach (int seed in seeds)
        {
            foreach (string arm in Arms.Names.Where(a => !results.Has(world, a, seed)))
            {
                Result result = await Arms.RunAsync(world, arm, seed);
                if (!isPilot)
                {
                    results.Add(result);
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{world} {seed} {arm}: test {result.Test:P0}, validation {result.Validation:P0}, {result.Rollouts} rollouts, {result.Completed} candidates, merges [{string.Join(" ", result.MergeGains)}]"));
            }
        }
    }

    if (isPilot)
    {
        return 0;
    }
}

GepaPage.Write(Path.Combine(Root(), "docs", "gepa.md"), results);
return 0;

static string Root()
{
    string path = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(path, "Ansatz.slnx")))
    {
        path = Path.GetDirectoryName(path) ?? throw new InvalidOperationException("Run this inside the repository.");
    }

    return path;
}

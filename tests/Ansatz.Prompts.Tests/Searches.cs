using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Testing;

namespace Ansatz.Prompts.Tests;

/// <summary>Runs searches on planted worlds.</summary>
internal static class Searches
{
    /// <summary>Runs a search beside the user's own prompt.</summary>
    public static async Task<Study<Prompt>> RunAsync(TempFolder folder, Objective<Prompt> objective, Optimizer<Prompt> optimizer, long seed = 1)
    {
        Study<Prompt> study = Study.Open(folder.File("a.db"), objective, optimizer, Budget.Unlimited, seed, new() { Controls = [Arm<Prompt>.OfYours()] });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        return study;
    }

    /// <summary>By seed: how much better, in true skill, a search's winner is than its control's.</summary>
    public static async Task<ImmutableArray<double>> GainsAsync(PlantedSkill objective, Optimizer<Prompt> search, Optimizer<Prompt> control, int seeds)
    {
        List<double> gains = [];
        for (int seed = 1; seed <= seeds; seed++)
        {
            gains.Add(await SkillAsync(search, seed) - await SkillAsync(control, seed));
        }

        return [.. gains];

        async Task<double> SkillAsync(Optimizer<Prompt> optimizer, int seed)
        {
            using TempFolder folder = new();
            await using Study<Prompt> study = await RunAsync(folder, objective, optimizer, seed);
            return objective.SkillOf(study.Winner("found")!.Value);
        }
    }

    /// <summary>The mean gain over seeds is at least this much, and its 95 % interval lies above 0.</summary>
    public static void AssertGain(ImmutableArray<double> gains, double least)
    {
        Interval interval = StudentT.Interval(gains.AsSpan());
        Assert.True(
            gains.Average() >= least && interval.Low > 0,
            string.Create(CultureInfo.InvariantCulture, $"mean gain {gains.Average():0.0000} ({interval.Low:0.0000} to {interval.High:0.0000})"));
    }

    /// <summary>Rollouts that a search spent.</summary>
    public static int RolloutsOf(Study<Prompt> study) => study.Trials("found").Sum(t => t.Blocks.Sum(b => b.Outcomes.Length));

    /// <summary>The search control that comes with a search, and its name as an arm.</summary>
    public static (string Name, Optimizer<Prompt> Optimizer) ControlOf(PromptPart part, Optimizer<Prompt> search)
    {
        Arm<Prompt> arm = part.Controls(new("found", ArmRole.Search, search, Budget.Rollouts(100)))
            .Single(a => a.Role == ArmRole.Control && a.Name != "no instruction");
        Assert.Equal(Budget.Rollouts(100), arm.Budget);
        return (arm.Name, arm.Optimizer);
    }
}

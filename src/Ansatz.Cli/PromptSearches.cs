using System.Globalization;
using System.Text.Json;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>The searches of prompts that study files name, made real.</summary>
/// <param name="file">The study file.</param>
/// <param name="proposer">Who proposes, where the search needs somebody.</param>
internal sealed class PromptSearches(StudyFile file, IChatClient? proposer)
{
    /// <summary>Whether a search has a model that proposes.</summary>
    public static bool HasProposer(OptimizerFile use) =>
        use is OptimizerFile.Opro or OptimizerFile.EvopromptGa or OptimizerFile.EvopromptDe or OptimizerFile.Gepa or OptimizerFile.MiproV2;

    /// <summary>A search of one prompt with about as many candidates as the file asks for, and the most rollouts that it takes.</summary>
    /// <param name="part">What is searched.</param>
    /// <param name="validation">Number of validation items.</param>
    public (Optimizer<Prompt> Search, long MostRollouts) Make(PromptPart part, int validation)
    {
        (int starts, int train) = (part.Instructions.Length, part.Train.Length);
        int candidates = file.Search.Candidates;
        int population = Math.Clamp(candidates / 5, 3, 10);
        int generations = Math.Max(1, (candidates / population) - 1); // the first population counts too
        switch (file.Search.Use)
        {
            case OptimizerFile.Opro:
                Opro opro = OproOf(candidates);
                return (opro, opro.MostRollouts(starts, train, validation));
            case OptimizerFile.BootstrapFewShot:
                BootstrapFewShot bootstrap = new() { Candidates = Math.Max(1, candidates - 4) }; // yours, none, labelled, and in order come besides
                return (bootstrap, bootstrap.MostRollouts(train, validation));
            case OptimizerFile.Grips:
                Grips grips = new() { PerIteration = Math.Min(5, candidates), Iterations = Math.Max(1, candidates / 5) };
                return (grips, grips.MostRollouts(train, validation));
            case OptimizerFile.EvopromptGa:
                EvoPromptGa ga = new(ProposerOf()) { Population = population, Generations = generations, Writing = WritingOf(0.5f) };
                return (ga, ga.MostRollouts(starts, train, validation));
            case OptimizerFile.EvopromptDe:
                EvoPromptDe de = new(ProposerOf()) { Population = population, Generations = generations, Writing = WritingOf(0.5f) };
                return (de, de.MostRollouts(starts, train, validation));
            case OptimizerFile.Gepa:
                Gepa<Prompt> gepa = GepaOn<Prompt>();
                return (gepa, gepa.MostRollouts(validation));
            case OptimizerFile.MiproV2:
                MiproV2<Prompt> mipro = MiproOn<Prompt>();
                return (mipro, mipro.MostRollouts(part, train, validation));
            default:
                FewShotSearch fewShot = new() { Candidates = candidates, Race = file.Search.Race == true ? new() : null };
                return (fewShot, fewShot.MostRollouts(train, validation));
        }
    }

    /// <summary>GEPA, on a prompt or on several at once.</summary>
    public Gepa<T> GepaOn<T>() => new(ProposerOf()) { Iterations = file.Search.Candidates };

    /// <summary>MIPROv2, on a prompt or on several at once.</summary>
    public MiproV2<T> MiproOn<T>() => new(ProposerOf())
    {
        Size = file.Search.Size switch { SizeFile.Medium => MiproSize.Medium, SizeFile.Heavy => MiproSize.Heavy, _ => MiproSize.Light },
        Writing = WritingOf(1),
    };

    private Opro OproOf(int candidates)
    {
        OproFile settings = file.Search.Opro ?? new();
        int perStep = settings.PerStep ?? Math.Min(8, candidates);
        Opro usual = new(ProposerOf());
        return new(ProposerOf())
        {
            Steps = settings.Steps ?? ((candidates + perStep - 1) / perStep),
            PerStep = perStep,
            Shown = settings.Shown ?? usual.Shown,
            Order = settings.Order ?? usual.Order,
            Display = settings.Display ?? usual.Display,
            MinScoreShown = (double)(settings.MinScoreShown ?? 0),
            Exemplars = settings.Exemplars ?? usual.Exemplars,
            ExemplarChoice = settings.ExemplarChoice ?? usual.ExemplarChoice,
            Temperature = (float?)settings.Temperature ?? usual.Temperature,
            FinalTemperature = (float?)settings.FinalTemperature,
            Layout = Layout,
        };
    }

    // Where the model that answers proposes too, how long its answers may be says nothing of its proposals.
    private Proposer ProposerOf() => StudyModels.ProposerOf(proposer!, file.Search.Proposer ?? file.Model with { MaxReplyTokens = null }, file.Search.Layout, StudyModels.PriceOf(file, file.Search.Proposer ?? file.Model));

    private Writing WritingOf(float temperature) => new() { Temperature = temperature, Style = Layout == OproLayout.Pretrained ? WritingStyle.Plain : WritingStyle.Chat };

    private OproLayout Layout => file.Search.Layout switch
    {
        LayoutFile.Tuned => OproLayout.Tuned,
        LayoutFile.Pretrained => OproLayout.Pretrained,
        _ => OproLayout.Chat,
    };

    /// <summary>Refuses settings that do not go together.</summary>
    /// <exception cref="InputException">It says which field.</exception>
    public static void Check(ReadStudyFile read)
    {
        SearchFile search = read.Study.Search;
        string use = Name(search.Use);
        if (!HasProposer(search.Use) && (search.Layout is not null || search.Proposer is not null))
        {
            string field = search.Layout is not null ? "search.layout" : "search.proposer";
            throw read.Wrong(field, $"{field} belongs to a search with a proposer, such as opro, and search.use is {use}, which proposes nothing.");
        }

        if (search.Layout == LayoutFile.Diff)
        {
            throw read.Wrong("search.layout", "search.layout is diff, which edits programs; for a prompt take chat, tuned or pretrained.");
        }

        if (search.Layout is not (null or LayoutFile.Chat) && search.Use == OptimizerFile.Gepa)
        {
            throw read.Wrong("search.layout", "gepa asks its proposer as a chat model; leave search.layout out.");
        }

        ModelFile?[] models = [read.Study.Model, HasProposer(search.Use) ? search.Proposer : null, read.Study.Scorer.Grader];
        StudyModels.RequirePrices(read, models);

        if (search.Race is not null && search.Use != OptimizerFile.FewShotSearch)
        {
            throw read.Wrong("search.race", $"search.race belongs to few-shot-search, and search.use is {use}.");
        }

        if (search.Opro is not null && search.Use != OptimizerFile.Opro)
        {
            throw read.Wrong("search.opro", $"search.opro belongs to opro, and search.use is {use}.");
        }

        if (search.Opro is { Steps: { } steps })
        {
            int proposed = steps * (search.Opro.PerStep ?? 8);
            search.Candidates = proposed > SearchFile.MostCandidates ? throw read.Wrong("search.opro", string.Create(CultureInfo.InvariantCulture, $"search.opro says {steps} steps of {search.Opro.PerStep ?? 8}, which are {proposed:N0} candidates; a search takes at most {SearchFile.MostCandidates:N0}."))
                : !read.Has("search.candidates") || search.Candidates == proposed ? proposed
                : throw read.Wrong("search.candidates", string.Create(CultureInfo.InvariantCulture, $"search.candidates is {search.Candidates}, and search.opro says {steps} steps of {search.Opro.PerStep ?? 8}, which are {proposed}; leave one of the two out."));
        }

        if (search.Size is not null && search.Use != OptimizerFile.MiproV2)
        {
            throw read.Wrong("search.size", $"search.size belongs to mipro-v2, and search.use is {use}; say with search.candidates how many are tried.");
        }

        if (search.Plateau is not null && (search.Use is OptimizerFile.MiproV2 or OptimizerFile.BootstrapFewShot || search.Race == true))
        {
            throw read.Wrong("search.plateau", $"search.plateau ends searches that try one candidate after the other, and {(search.Race == true ? "a race begins with all of them" : $"{use} knows from the start how many it tries")}. Leave it out.");
        }

        if (search.Use == OptimizerFile.MiproV2 && read.Has("search.candidates"))
        {
            throw read.Wrong("search.candidates", "search.candidates says nothing to mipro-v2, whose number of trials follows from search.size: light, medium or heavy.");
        }
    }

    /// <summary>Refuses a search that could fill nothing of a prompt.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="part">The prompt.</param>
    /// <param name="place">Where it stands in the file: "prompt".</param>
    /// <param name="isStep">Whether it is one of several, so that it may be left as it is.</param>
    /// <exception cref="InputException">It says what is missing.</exception>
    public static void Check(ReadStudyFile read, PromptPart part, string place, bool isStep = false)
    {
        string leave = isStep ? " leave this step as you wrote it with \"open\": {}," : "";
        OptimizerFile use = read.Study.Search.Use;
        bool writes = use is OptimizerFile.Opro or OptimizerFile.Grips or OptimizerFile.EvopromptGa or OptimizerFile.EvopromptDe or OptimizerFile.Gepa;
        string? wrong = writes && part.Slots.Instruction is null ? $"writes instructions, but {place}.open has no \"instruction\". Open it with {{}},{leave} or use few-shot-search."
            : use is OptimizerFile.Grips or OptimizerFile.EvopromptGa or OptimizerFile.EvopromptDe && part.Instructions.All(i => i.Length == 0) ? $"makes new instructions out of old ones, but {place}.yours has none. Write one,{leave} or use opro."
            : use == OptimizerFile.BootstrapFewShot && part.Slots.Demonstrations is null ? $"chooses examples, but {place}.open has no \"demonstrations\". {(isStep ? "Leave this step as you wrote it with \"open\": {}" : "Open them")}, or use opro."
            : use == OptimizerFile.MiproV2 && part.Slots is { Instruction: null, Demonstrations: null } ? $"chooses instructions and examples, but {place}.open has neither. Open one of them,{leave} or use few-shot-search."
            : null;
        if (wrong is not null)
        {
            throw read.Wrong("search.use", $"{Name(use)} {wrong}");
        }
    }

    private static string Name(OptimizerFile use) => JsonNamingPolicy.KebabCaseLower.ConvertName(use.ToString());
}

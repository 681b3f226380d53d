using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.LocalModels;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>The models that study files name, made real.</summary>
internal static class StudyModels
{
    /// <summary>What a model costs: nothing on this machine, what the file says of an endpoint, else nobody knows.</summary>
    public static Price PriceOf(StudyFile file, ModelFile model) =>
        !model.IsEndpoint ? Price.Free
        : file.Prices?.GetValueOrDefault(model.Name ?? "") is { } price ? new(price.InputPerMillion, price.OutputPerMillion)
        : Price.Unknown;

    /// <summary>Refuses a limit of money that cannot be kept, since the price of a model is not known.</summary>
    public static void RequirePrices(ReadStudyFile read, params IEnumerable<ModelFile?> models)
    {
        string? field = read.Study.Search.Money is not null ? "search.money" : read.Study.Money is not null ? "money" : null;
        if (field is not null && models.FirstOrDefault(m => m is not null && !PriceOf(read.Study, m).IsKnown) is { } unpriced)
        {
            throw read.Wrong(field, $"{field} cannot be kept to without knowing what \"{unpriced.Name}\" costs; say it under \"prices\", or limit search.calls or search.tokens instead.");
        }
    }

    /// <summary>The endpoint that a study file names.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="path">The field that names it.</param>
    /// <param name="model">The model.</param>
    public static OpenAiEndpoint EndpointOf(ReadStudyFile read, string path, ModelFile model)
    {
        CheckModel(read, path, model);
        string name = model.Name ?? throw read.Wrong($"{path}.baseUrl", $"{path}.name is missing; an endpoint needs the name of its model, such as \"gpt-4o-mini\".");
        OpenAiEndpoint endpoint = read.Placed($"{path}.baseUrl", () => new OpenAiEndpoint(model.BaseUrl!, name));
        return read.Placed($"{path}.keyFrom", () => endpoint with { KeyFrom = model.KeyFrom }) with
        {
            Concurrency = Concurrency(model),
            RequestsPerMinute = model.RequestsPerMinute,
            TokensPerMinute = model.TokensPerMinute,
            Timeout = model.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : endpoint.Timeout,
            Patience = TimeSpan.FromSeconds(Math.Max(endpoint.Patience.TotalSeconds, 3 * (model.TimeoutSeconds ?? 0))), // a server may ask to wait for longer than a short try may take
        };
    }

    /// <summary>How many calls of it may be under way.</summary>
    public static int Concurrency(ModelFile model) => model.Concurrency ?? 8;

    /// <summary>Whether two models of a file are one: how long it may answer is no matter of which it is.</summary>
    public static bool IsSame(ModelFile one, ModelFile other) => one with { MaxReplyTokens = null } == other with { MaxReplyTokens = null };

    private static void CheckModel(ReadStudyFile read, string path, ModelFile model)
    {
        if (model.IsEndpoint && model.File is not null)
        {
            throw read.Wrong($"{path}.baseUrl", $"{path} has both a file and a baseUrl; it is either a GGUF file or an endpoint.");
        }

        string? noEffect = model.MaxReplyTokens is null ? null
            : path == "scorer.grader" ? "a grader writes its grade and nothing else"
            : path == "model" && !model.IsEndpoint && read.Study.Pipeline is null && read.Study.Scorer.Use == ScorerKind.Label ? "of a model on this machine the labels' probabilities are read, not a reply"
            : null;
        if (noEffect is not null)
        {
            throw read.Wrong($"{path}.maxReplyTokens", $"{path}.maxReplyTokens has no effect: {noEffect}. Leave it out.");
        }

        (string Field, bool IsGiven)[] ofEndpoints =
        [
            ("name", model.Name is not null), ("topTokens", model.TopTokens is not null), ("concurrency", model.Concurrency is not null),
            ("requestsPerMinute", model.RequestsPerMinute is not null), ("tokensPerMinute", model.TokensPerMinute is not null), ("timeoutSeconds", model.TimeoutSeconds is not null),
        ];
        if (!model.IsEndpoint && ofEndpoints.FirstOrDefault(f => f.IsGiven).Field is { } field)
        {
            throw read.Wrong($"{path}.{field}", $"{path}.{field} belongs to an endpoint, so {path}.baseUrl must be given too, such as \"http://127.0.0.1:8080/v1\".");
        }
    }

    /// <summary>Opens the model that a study file names.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="path">The field that names it.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">What its path is relative to.</param>
    /// <param name="endpoints">The models by name.</param>
    /// <param name="open">Opens an endpoint; none: as it is.</param>
    public static IChatClient OpenModel(
        ReadStudyFile read, string path, ModelFile model, string folder, Endpoints endpoints, Func<OpenAiEndpoint, IChatClient>? open = null)
    {
        CheckModel(read, path, model);
        if (model.IsEndpoint)
        {
            OpenAiEndpoint endpoint = EndpointOf(read, path, model);
            return read.Placed($"{path}.baseUrl", () => open is null ? endpoint.Open() : open(endpoint));
        }

        if (IsSame(model, new()))
        {
            return endpoints.Open(Endpoints.Embedded);
        }

        EmbeddedModelSettings settings = new()
        {
            ModelFile = model.File is { } file ? Path.GetFullPath(file, Path.GetFullPath(folder)) : null,
            Kernels = model.Kernels == KernelsFile.Fastest ? Kernels.Fastest : Kernels.Avx2,
        };
        return read.Placed(path, () => EmbeddedModel.Load(settings));
    }

    /// <summary>A model in words: "SmolLM2-135M-Instruct (embedded, q8_0, avx2)".</summary>
    public static string InWords(ModelFile file, IChatClient model) =>
        model.GetService<EmbeddedModel>() is { } local ? $"{local.Name} ({(file.File is null ? "embedded" : "local")}, {local.Quantisation}, {local.Kernels})"
        : file.IsEndpoint ? $"{file.Name} at {file.BaseUrl}"
        : model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unnamed";

    /// <summary>The model as one that proposes: a chat model, or, for the layout pretrained, one that goes on with a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">What the study file says of it.</param>
    /// <param name="layout">How it is asked.</param>
    /// <param name="price">What it costs.</param>
    public static Proposer ProposerOf(IChatClient model, ModelFile file, LayoutFile? layout, Price price) =>
        layout == LayoutFile.Pretrained && model.GetService<EmbeddedModel>() is { } plain ? Plain(plain, file.MaxReplyTokens) : Proposer.OfChat(model, price, file.MaxReplyTokens);

    // A pre-trained model goes on with the text itself, without a chat template around it.
    private static Proposer Plain(EmbeddedModel model, int? maxReplyTokens) => new(
        new() { ["plain"] = model.Identity },
        async (request, cancellationToken) =>
        {
            Completion completion = await model.CompleteAsync(
                request.Text,
                new() { MaxTokens = request.MaxTokens, Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed, Stop = request.Stop is { } stop ? [stop] : [] },
                cancellationToken).ConfigureAwait(false);
            return new(completion.Text, completion.PromptTokens, completion.CompletionTokens);
        },
        Price.Free)
    { MaxReplyTokens = maxReplyTokens };
}

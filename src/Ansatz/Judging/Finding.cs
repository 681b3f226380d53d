using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>What can be said about a difference.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Finding>))]
public enum Finding
{
    /// <summary>The interval lies above 0.</summary>
    Better,

    /// <summary>The interval lies below 0.</summary>
    Worse,

    /// <summary>The interval holds 0.</summary>
    CannotTell,
}
